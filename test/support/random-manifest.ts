import fc from "fast-check";
import { Document, visit } from "yaml";

/** A manifest as plain values. */
export type ManifestValue = Record<string, unknown>;

const lower = "abcdefghijklmnopqrstuvwxyz";
const tail = `${lower}0123456789`;
const oneOf = (signs: string): fc.Arbitrary<string> => fc.constantFrom(...signs);
const word = fc.tuple(oneOf(lower), fc.string({ unit: oneOf(tail), maxLength: 6 })).map((parts) => parts.join(""));
const trapNames = ["constructor", "to-string", "order", "default", "has-own-property", "value-of"];
const kebabName = fc.oneof(
  { weight: 9, arbitrary: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join("-")) },
  { weight: 1, arbitrary: fc.constantFrom(...trapNames) },
);
const pascalName = kebabName.map((name) =>
  name
    .split("-")
    .map((part) => part[0]!.toUpperCase() + part.slice(1))
    .join(""),
);
const fieldName = fc.oneof(word, fc.constantFrom("constructor", "toString", "order_id", "class", "valueOf"));
const port = fc.integer({ min: 1, max: 55_535 });
const duration = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("ms", "s", "m", "h", "d"))
  .map((p) => p.join(""));
const sentence = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/[^\P{Cc}]|\ufffd/u.test(text));

const scalarType = fc.constantFrom("string", "uuid", "int", "decimal", "money", "boolean", "timestamp", "date", "json");
const enumType = fc
  .uniqueArray(pascalName, { minLength: 1, maxLength: 4 })
  .map((values) => `enum(${values.join(", ")})`);

/** A field type in the manifest's notation, of scalars, enums and the records named. */
export function fieldTypeText(records: readonly string[]): fc.Arbitrary<string> {
  const base = fc.oneof(scalarType, enumType, ...(records.length > 0 ? [fc.constantFrom(...records)] : []));
  return fc
    .tuple(base, fc.constantFrom("", "", "[]", "[][]"), fc.constantFrom("", "", "?"))
    .map((parts) => parts.join(""));
}

const fields = (records: readonly string[]): fc.Arbitrary<Record<string, string>> =>
  fc.dictionary(fieldName, fieldTypeText(records), { maxKeys: 4, noNullPrototype: true });

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

/** A map with some of its keys left out. */
function map(keys: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<ManifestValue> {
  return fc
    .record(keys)
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)));
}

function service(contexts: readonly string[]): fc.Arbitrary<ManifestValue> {
  const names = (max: number) => fc.uniqueArray(pascalName, { maxLength: max });
  return fc.tuple(names(2), names(3), names(3)).chain(([types, events, commands]) =>
    map({
      context: contexts.length > 0 ? optional(fc.constantFrom(...contexts)) : fc.constant(undefined),
      aggregate: optional(pascalName),
      key: optional(fieldName),
      port: optional(port),
      persistence: optional(fc.constantFrom("state", "event-sourced")),
      snapshotEvery: optional(fc.integer({ min: 1, max: 1000 })),
      commands: keyed(commands, command(types, events)),
      events: keyed(
        events,
        map({
          version: optional(fc.integer({ min: 1, max: 9 })),
          fields: fields(types),
          external: optional(fc.boolean()),
        }),
      ),
      types: keyed(types, fields([])),
    }),
  );
}

function command(types: readonly string[], events: readonly string[]): fc.Arbitrary<ManifestValue> {
  return map({
    fields: fields(types),
    emits: fc.subarray([...events]),
    reached: fc.constantFrom({}, {}, { http: true }, { http: false }, { external: true }, { external: false }),
  }).map(({ reached, ...entry }) => ({ ...entry, ...(reached as object) }));
}

function readModel(events: readonly string[]): fc.Arbitrary<ManifestValue> {
  const from = fc.uniqueArray(fc.constantFrom(...events), { minLength: 1, maxLength: 3 });
  return map({ key: fieldName, from, staleness: optional(duration), port: optional(port) });
}

function keyed(names: readonly string[], value: fc.Arbitrary<unknown>): fc.Arbitrary<ManifestValue> {
  return fc
    .tuple(...names.map(() => value))
    .map((values) => Object.fromEntries(names.map((name, at) => [name, values[at]])));
}

function eventsOf(services: ManifestValue): string[] {
  return Object.entries(services).flatMap(([name, body]) =>
    Object.keys((body as ManifestValue).events as ManifestValue).map((event) => `${name}.${event}`),
  );
}

/** Manifests that fit the schema; what they name exists, but for keys of events and sagas' files. */
export const randomManifest: fc.Arbitrary<ManifestValue> = fc
  .tuple(
    fc.uniqueArray(kebabName, { maxLength: 3 }),
    fc.uniqueArray(kebabName, { maxLength: 4 }),
    fc.uniqueArray(kebabName, { maxLength: 2 }),
  )
  .chain(([contexts, services, others]) =>
    fc.tuple(
      keyed(contexts, map({ purpose: optional(sentence) })),
      keyed(services, service(contexts)),
      fc.constant(others),
    ),
  )
  .chain(([contexts, services, others]) => {
    const hosts = Object.keys(services);
    const events = eventsOf(services);
    return map({
      eda: fc.constant(1),
      name: kebabName,
      stream: optional(
        map({
          platform: optional(fc.constantFrom("kafka", "redpanda", "pulsar", "nats")),
          partitions: optional(fc.integer({ min: 1, max: 64 })),
          retention: optional(fc.oneof(duration, fc.constant("forever"))),
        }),
      ),
      contexts: fc.constant(contexts),
      services: fc.constant(services),
      sagas: hosts.length > 0 ? keyed(others, map({ service: fc.constantFrom(...hosts) })) : fc.constant(undefined),
      outboxes: keyed(
        hosts.slice(0, 2),
        map({ relay: optional(fc.constantFrom("polling", "cdc")), retention: optional(duration) }),
      ),
      readModels: events.length > 0 ? keyed(others, readModel(events)) : fc.constant(undefined),
      phases: optional(map({ stream: map({ status: fc.constantFrom("assumed", "decided") }) })),
    });
  });

/** How a manifest is laid out: which collections stand in braces, quoting, line ends, and comments between lines. */
export interface Look {
  readonly braces: readonly boolean[];
  readonly quotes: readonly boolean[];
  readonly comments: readonly number[];
  readonly step: number;
  readonly crlf: boolean;
}

export const randomLook: fc.Arbitrary<Look> = fc.record({
  braces: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
  quotes: fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
  comments: fc.array(fc.nat(40), { maxLength: 6 }),
  step: fc.constantFrom(2, 4),
  crlf: fc.boolean(),
});

/** The text of a manifest, laid out so. */
export function laidOut(value: unknown, look: Look): string {
  const document = new Document(value);
  let count = 0;
  visit(document, {
    Collection(key, node) {
      if (key !== null) node.flow = look.braces[count++ % look.braces.length]!;
    },
    Scalar(_, node) {
      if (typeof node.value === "string" && look.quotes[count++ % look.quotes.length]) node.type = "QUOTE_SINGLE";
    },
  });
  const lines = document.toString({ indent: look.step, lineWidth: 0 }).split("\n");
  for (const at of look.comments) {
    const line = at % lines.length;
    if (/[{[]\s*$/.test(lines[line]!)) continue;
    lines[line] =
      at % 2 === 0 ? `${lines[line]}  # note ${at}` : `${/^ */.exec(lines[line]!)![0]}# note ${at}\n\n${lines[line]}`;
  }
  return lines.join("\n").replaceAll("\n", look.crlf ? "\r\n" : "\n");
}

/** The same manifest with the entries of its maps in another order; fields and lists keep theirs. */
export function reordered(value: unknown, path: readonly string[] = []): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const isFields = path.at(-1) === "fields" || path.at(-2) === "types";
  const entries = Object.entries(value).map(([key, part]) => [key, reordered(part, [...path, key])] as const);
  return Object.fromEntries(isFields ? entries : entries.reverse());
}
