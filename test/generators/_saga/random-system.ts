import fc from "fast-check";

/**
 * Random sound sagas over a system of their own: services with commands that each have a success, a failure and a
 * command that undoes them, fields of random types, and definitions that use them as the format allows.
 */
export interface RandomSystem {
  readonly manifest: object;
  readonly saga: object;
}

const types = [
  "uuid",
  "string",
  "int",
  "money",
  "boolean",
  "decimal",
  "timestamp",
  "date",
  "enum(a, b)",
  "Part",
  "Part[]",
  "string?",
];
const duration = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.constantFrom("ms", "s"))
  .map(([amount, unit]) => `${amount}${unit}`);
const retry = fc
  .record({
    attempts: fc.integer({ min: 1, max: 8 }),
    initial: fc.constantFrom("1ms", "100ms", "1s"),
    multiplier: fc.constantFrom(1, 1.5, 2, 3),
    max: fc.constantFrom("2s", "10s"),
    jitter: fc.constantFrom("full", "none"),
  })
  .chain((whole) =>
    fc.subarray(["initial", "multiplier", "max", "jitter"] as const).map((left) => without(whole, left)),
  );

function without<T extends object>(whole: T, keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key))) as Partial<T>;
}

const fields = fc.dictionary(fc.constantFrom("one", "two", "three", "four"), fc.constantFrom(...types), {
  maxKeys: 4,
  noNullPrototype: true,
});

interface Step {
  readonly service: number;
  readonly fields: Record<string, string>;
  readonly reply: Record<string, string>;
  readonly timeout: string | undefined;
  readonly retry: object | undefined;
  readonly compensated: "none" | "same" | "own timeout";
  readonly fails: boolean;
  readonly group: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  service: fc.nat(2),
  fields,
  reply: fields,
  timeout: fc.option(duration, { nil: undefined }),
  retry: fc.option(retry, { nil: undefined }),
  compensated: fc.constantFrom("none", "same", "own timeout"),
  fails: fc.boolean(),
  group: fc.boolean(),
});

export const randomSystem: fc.Arbitrary<RandomSystem> = fc
  .record({
    trigger: fields,
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    pivot: fc.option(fc.nat(6), { nil: undefined }),
    retriables: fc.nat(2),
    endings: fc.subarray(["completed", "compensated"] as const),
    retry: fc.option(retry, { nil: undefined }),
    timeout: duration,
  })
  .map(built);

const record = { Part: { sku: "string", amount: "money?", size: "enum(s, m)" } };

function built({
  trigger,
  steps,
  pivot,
  retriables,
  endings,
  retry,
  timeout,
}: {
  readonly trigger: Record<string, string>;
  readonly steps: readonly Step[];
  readonly pivot: number | undefined;
  readonly retriables: number;
  readonly endings: readonly ("completed" | "compensated")[];
  readonly retry: object | undefined;
  readonly timeout: string;
}): RandomSystem {
  const host = emptyService(4001);
  host.commands.Begin = { fields: { id: "uuid" }, emits: ["Begun"] };
  host.events.Begun = { fields: { id: "uuid", ...trigger } };
  const services = { host, alpha: emptyService(4002), beta: emptyService(4003), gamma: emptyService(4004) };
  const names = ["alpha", "beta", "gamma"] as const;
  const pivotAt =
    pivot === undefined ? steps.length - Math.min(retriables, steps.length) : Math.min(pivot, steps.length - 1);
  const known: { readonly path: string; readonly type: string }[] = provided("$.trigger", { id: "uuid", ...trigger });
  const entries: object[] = [];
  let group: object[] = [];
  let pending: typeof known = [];
  const close = () => {
    if (group.length === 1) entries.push(group[0]!);
    if (group.length > 1) entries.push({ parallel: group });
    known.push(...pending);
    [group, pending] = [[], []];
  };
  steps.forEach((each, index) => {
    const kind = index < pivotAt ? "compensatable" : pivot !== undefined && index === pivotAt ? "pivot" : "retriable";
    const name = names[each.service]!;
    const service = services[name];
    const event = (what: string) => `${what}${index}`;
    service.commands[event("Do")] = {
      fields: { id: "uuid", ...each.fields },
      emits: [event("Done"), event("Refused")],
      http: false,
    };
    service.events[event("Done")] = { fields: { id: "uuid", ...each.reply } };
    service.events[event("Refused")] = { fields: { id: "uuid" }, external: true };
    const mayFail = each.fails && kind !== "retriable";
    const before = kind === "pivot" || !each.group || kindOf(group[0]) !== kind;
    if (before) close();
    const isUndone = kind === "compensatable" && each.compensated !== "none";
    if (isUndone) {
      service.commands[event("Undo")] = {
        fields: { id: "uuid", ...each.fields },
        emits: [event("Undone")],
        http: false,
      };
      service.events[event("Undone")] = { fields: { id: "uuid" } };
    }
    group.push({
      id: `step-${index}`,
      ...(kind !== "compensatable" && { kind }),
      command: `${name}.${event("Do")}`,
      input: filled({ id: "uuid", ...each.fields }, known),
      success: `${name}.${event("Done")}`,
      ...(mayFail && { failure: `${name}.${event("Refused")}` }),
      ...(each.timeout !== undefined && { timeout: each.timeout }),
      ...(each.retry !== undefined && { retry: each.retry }),
      ...(isUndone && {
        compensation: {
          command: `${name}.${event("Undo")}`,
          input: filled({ id: "uuid", ...each.fields }, known),
          success: `${name}.${event("Undone")}`,
          ...(each.compensated === "own timeout" && { timeout: "3s" }),
        },
      }),
      ...(kind === "compensatable" && each.compensated === "none" && { compensation: "none", reason: "it may stand" }),
    });
    pending.push(...provided(`$.steps.step-${index}`, { id: "uuid", ...each.reply }));
    if (kind === "pivot") close();
  });
  close();
  const ending = (name: string): object => {
    const what = name === "completed" ? "End" : "Cancel";
    host.commands[what] = { fields: { id: "uuid", why: "string?" }, emits: [`${what}ed`], http: false };
    host.events[`${what}ed`] = { fields: { id: "uuid" } };
    const why = name === "completed" ? {} : { why: "$.failure.reason" };
    return { command: `host.${what}`, input: { id: "$.trigger.id", ...why }, success: `host.${what}ed` };
  };
  const saga = {
    saga: "flow",
    version: 1,
    style: "orchestration",
    trigger: "host.Begun",
    key: "$.trigger.id",
    deadline: "30d",
    ...(retry && { retry }),
    timeout,
    steps: entries,
    ...Object.fromEntries(endings.map((name) => [name, ending(name)])),
  };
  const outboxes = Object.fromEntries(Object.entries(services).map(([name]) => [name, { relay: "polling" }]));
  const manifest = { eda: 1, name: "random", services, sagas: { flow: { service: "host" } }, outboxes };
  return { manifest, saga };
}

interface OpenService {
  port: number;
  key: string;
  commands: Record<string, object>;
  events: Record<string, object>;
  types: object;
}

function emptyService(port: number): OpenService {
  return { port, key: "id", commands: {}, events: {}, types: record };
}

function kindOf(step: object | undefined): string | undefined {
  return step && (step as { kind?: string }).kind === undefined
    ? "compensatable"
    : (step as { kind?: string } | undefined)?.kind;
}

function provided(root: string, given: Readonly<Record<string, string>>) {
  return Object.entries(given).map(([name, type]) => ({ path: `${root}.${name}`, type }));
}

const literals: Readonly<Record<string, unknown>> = {
  uuid: "0b6f1c4e-8a54-4f0c-9d7d-0d9a9e0f6a11",
  string: "a text",
  int: 7,
  money: { amount: 100, currency: "EUR" },
  boolean: true,
  decimal: "1.50",
  timestamp: "2026-01-02T03:04:05Z",
  date: "2026-01-02",
  "enum(a, b)": "b",
  Part: { sku: "x", size: "m" },
  "Part[]": [{ sku: "x", size: "m", amount: { amount: 1, currency: "EUR" } }],
};

/** Each field by a path to the last thing of its type, or by a literal; what is optional is left out where neither is. */
function filled(
  wanted: Readonly<Record<string, string>>,
  known: readonly { readonly path: string; readonly type: string }[],
) {
  const entries = Object.entries(wanted).flatMap(([name, type]): [string, unknown][] => {
    const found =
      known.findLast((each) => each.type === type) ??
      (type === "string" ? known.findLast((each) => each.type === "uuid") : undefined);
    if (found !== undefined) return [[name, found.path]];
    return type in literals ? [[name, literals[type]]] : [];
  });
  return Object.fromEntries(entries);
}
