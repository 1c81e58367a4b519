import { EdaError } from "../_system/errors.ts";
import { printFieldType } from "../_system/field-types.ts";
import { didYouMean } from "../_system/suggest.ts";
import type { Field, RecordType } from "../_system/system.ts";
import { type CommandOf, refOf } from "./catalogue.ts";
import { fits } from "./same-type.ts";

/** Something that a command's fields can be read from. */
export interface Source {
  /** `$.trigger`, `$.steps.reserve-stock`. */
  readonly path: string;
  readonly fields: readonly Field[];
  readonly types: readonly RecordType[];
  /** The field by which the whole saga is known: it also fills a command's own key, whatever that is called. */
  readonly key?: string;
}

export interface Mapped {
  readonly input: Readonly<Record<string, unknown>>;
  /** Required fields for which nothing was found. */
  readonly missing: readonly Field[];
}

/**
 * Fills a command's fields: with what is given, else from the first source that has a field of the same name and type.
 * A participant keeps what it does for one saga under its own key, so that key takes the saga's where nothing else fits.
 * Fields without a source are left out where they are optional.
 */
export function mapInputs(to: CommandOf, given: Readonly<Record<string, unknown>>, sources: readonly Source[]): Mapped {
  const { service, command } = to;
  const names = command.fields.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    throw new EdaError(`${refOf(to)} has no field ${name}`, {
      hint: didYouMean(name, names, `It has ${names.length === 0 ? "none" : names.join(", ")}`),
    });
  }
  const input: Record<string, unknown> = {};
  const missing: Field[] = [];
  for (const field of command.fields) {
    const wanted = { type: field.type, types: service.types };
    const path = Object.hasOwn(given, field.name)
      ? given[field.name]
      : (pathOf(sources, field.name, wanted) ?? (field.name === service.key ? keyPath(sources, wanted) : undefined));
    if (path !== undefined) input[field.name] = path;
    else if (field.type.kind !== "optional") missing.push(field);
  }
  return { input, missing };
}

/** As `mapInputs`; throws an `EdaError` that names the field for which nothing was found, and what to write. */
export function inputsOf(to: CommandOf, given: Readonly<Record<string, unknown>>, sources: readonly Source[]) {
  const { input, missing } = mapInputs(to, given, sources);
  const [field] = missing;
  if (field === undefined) return input;
  const near = sources.flatMap(({ path, fields, types }) =>
    fields
      .filter(({ type }) => fits({ type, types }, { type: field.type, types: to.service.types }))
      .map(({ name }) => `${path}.${name}`),
  );
  const example = near[0] ?? "a literal";
  throw new EdaError(
    `Nothing before ${refOf(to)} has its field ${field.name}: ${printFieldType(field.type)}${
      missing.length > 1
        ? `, nor ${missing
            .slice(1)
            .map(({ name }) => name)
            .join(", ")}`
        : ""
    }`,
    {
      hint: `In an answers file, write the step as { command: ${refOf(to)}, input: { ${field.name}: ${example} } }, or give ${field.name} to the trigger or an earlier reply in eda.yaml`,
    },
  );
}

function pathOf(sources: readonly Source[], name: string, wanted: Parameters<typeof fits>[1]): string | undefined {
  const source = sources.find(({ fields, types }) =>
    fields.some((field) => field.name === name && fits({ type: field.type, types }, wanted)),
  );
  return source && `${source.path}.${name}`;
}

function keyPath(sources: readonly Source[], wanted: Parameters<typeof fits>[1]): string | undefined {
  for (const { path, fields, types, key } of sources) {
    const own = fields.find(({ name }) => name === key);
    if (own && fits({ type: own.type, types }, wanted)) return `${path}.${own.name}`;
  }
  return undefined;
}
