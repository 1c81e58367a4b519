import { printFieldType } from "../_system/field-types.ts";
import type { Field, FieldType } from "../_system/system.ts";
import type { Records } from "./contracts.ts";

/** A field's type, with the records of the service that it belongs to. */
export interface ValueType {
  readonly type: FieldType;
  readonly records: Records;
}

export const textType: ValueType = { type: { kind: "scalar", name: "string" }, records: new Map() };

const moneyFields: readonly Field[] = [
  { name: "amount", type: { kind: "scalar", name: "int" } },
  { name: "currency", type: { kind: "scalar", name: "string" } },
];

/** The type at a path below some fields; where there is none, the part that is missing and what it could have been. */
export function typeAt(
  fields: readonly Field[],
  records: Records,
  path: readonly string[],
): ValueType | { readonly missing: string; readonly candidates: readonly string[] } {
  let inside: readonly Field[] = fields;
  let isOptional = false;
  let type: FieldType | undefined;
  for (const part of path) {
    const field = inside.find(({ name }) => name === part);
    if (field === undefined) return { missing: part, candidates: inside.map(({ name }) => name) };
    type = field.type;
    if (type.kind === "optional") {
      isOptional = true;
      type = type.of;
    }
    inside = fieldsIn(type, records) ?? [];
  }
  if (type === undefined) return { missing: "", candidates: inside.map(({ name }) => name) };
  return { type: isOptional ? { kind: "optional", of: type } : type, records };
}

/** The fields of a record, or of money. */
function fieldsIn(type: FieldType, records: Records): readonly Field[] | undefined {
  if (type.kind === "record") return records.get(type.name)?.fields;
  return type.kind === "scalar" && type.name === "money" ? moneyFields : undefined;
}

/** Scalars that are texts: each of them can stand where a `string` is wanted. */
const texts = new Set(["string", "uuid", "decimal", "timestamp", "date"]);

/**
 * Whether every value of a type can stand where another is wanted. Services share no types: records are compared field
 * by field, and have no others, since contracts are closed.
 */
export function fits(given: ValueType, wanted: ValueType): boolean {
  return fitting(given, wanted, new Set());
}

function fitting(given: ValueType, wanted: ValueType, assumed: Set<string>): boolean {
  const [from, to] = [given.type, wanted.type];
  const inside = (one: FieldType, other: FieldType) =>
    fitting({ ...given, type: one }, { ...wanted, type: other }, assumed);
  if (from.kind === "optional") return to.kind === "optional" && inside(from.of, to.of);
  if (to.kind === "optional") return inside(from, to.of);
  if (to.kind === "scalar" && to.name === "json") return true;
  if (from.kind === "list" || to.kind === "list") {
    return from.kind === "list" && to.kind === "list" && inside(from.of, to.of);
  }
  if (to.kind === "enum") return from.kind === "enum" && from.values.every((value) => to.values.includes(value));
  if (from.kind === "enum") return to.kind === "scalar" && to.name === "string";
  if (from.kind === "scalar" && to.kind === "scalar") {
    return from.name === to.name || (to.name === "string" && texts.has(from.name));
  }
  // A record may hold itself: what is being compared already is taken to fit.
  const pair = `${printFieldType(from)} ${printFieldType(to)}`;
  if (assumed.has(pair)) return true;
  assumed.add(pair);
  // Not every text is a currency.
  if (to.kind === "scalar") return false;
  const [have, want] = [fieldsIn(from, given.records), fieldsIn(to, wanted.records)];
  // A record that is not declared is another rule's finding.
  if (have === undefined || want === undefined) return from.kind === "record";
  const isKnown = have.every(({ name }) => want.some((field) => field.name === name));
  return isKnown && want.every((field) => isGiven(field, have, inside));
}

function isGiven(wanted: Field, have: readonly Field[], inside: (one: FieldType, other: FieldType) => boolean) {
  const field = have.find(({ name }) => name === wanted.name);
  return field === undefined ? wanted.type.kind === "optional" : inside(field.type, wanted.type);
}

const forms: Readonly<Record<string, RegExp>> = {
  string: /^/,
  uuid: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
  decimal: /^-?(?:0|[1-9][0-9]{0,37})(?:\.[0-9]{1,18})?$/,
  timestamp: /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
};

/** Whether a literal, as YAML gives it, can stand where a type is wanted. */
export function literalFits(value: unknown, { type, records }: ValueType): boolean {
  switch (type.kind) {
    case "optional":
      return literalFits(value, { type: type.of, records });
    case "list":
      return Array.isArray(value) && value.every((item) => literalFits(item, { type: type.of, records }));
    case "enum":
      return type.values.some((each) => each === value);
    case "record":
      return recordFits(value, records.get(type.name)?.fields, records);
    case "scalar":
      break;
  }
  if (type.name === "json") return true;
  if (type.name === "int") return Number.isSafeInteger(value);
  if (type.name === "boolean") return typeof value === "boolean";
  if (type.name !== "money") return typeof value === "string" && forms[type.name]!.test(value);
  const currency = (value as { currency?: unknown } | null)?.currency;
  return recordFits(value, moneyFields, records) && /^[A-Z]{3}$/.test(String(currency));
}

function recordFits(value: unknown, fields: readonly Field[] | undefined, records: Records): boolean {
  if (fields === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const given = new Map(Object.entries(value));
  const isKnown = [...given.keys()].every((name) => fields.some((field) => field.name === name));
  return (
    isKnown &&
    fields.every(({ name, type }) =>
      given.has(name) ? literalFits(given.get(name), { type, records }) : type.kind === "optional",
    )
  );
}
