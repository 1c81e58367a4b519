import type { Field, FieldType, RecordType, ScalarName } from "./system.ts";

const scalars: Readonly<Record<ScalarName, unknown>> = {
  string: "text",
  uuid: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  int: 1,
  decimal: "12.50",
  money: { amount: 1250, currency: "EUR" },
  boolean: true,
  timestamp: "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  json: { note: "anything" },
};

/** Stands for a value that would have to hold itself: the nearest list stays empty, the nearest option absent. */
const endless = Symbol("endless");

interface Walk {
  readonly records: ReadonlyMap<string, RecordType>;
  readonly inside: readonly string[];
}

/** A valid message of these fields, always the same. Empty where a record in it cannot end. */
export function sampleMessage(fields: readonly Field[], records: readonly RecordType[]): Record<string, unknown> {
  const byName = new Map(records.map((record) => [record.name, record]));
  const value = sampleFields(fields, { records: byName, inside: [] });
  return value === endless ? {} : value;
}

function sample(type: FieldType, walk: Walk): unknown {
  switch (type.kind) {
    case "scalar":
      return scalars[type.name];
    case "enum":
      return type.values[0];
    case "record": {
      const record = walk.records.get(type.name);
      if (walk.inside.includes(type.name)) return endless;
      return sampleFields(record?.fields ?? [], { ...walk, inside: [...walk.inside, type.name] });
    }
    case "list": {
      const item = sample(type.of, walk);
      return item === endless ? [] : [item];
    }
    case "optional":
      return sample(type.of, walk);
  }
}

function sampleFields(fields: readonly Field[], walk: Walk): Record<string, unknown> | typeof endless {
  const entries: [string, unknown][] = [];
  for (const field of fields) {
    const value = sample(field.type, walk);
    if (value !== endless) entries.push([field.name, value]);
    else if (field.type.kind !== "optional") return endless;
  }
  return Object.fromEntries(entries);
}
