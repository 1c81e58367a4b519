import type { Field, FieldType, RecordType } from "../_system/system.ts";

/** A type with the records of the service that it stands in. */
export interface TypeIn {
  readonly type: FieldType;
  readonly types: readonly RecordType[];
}

/**
 * Whether every value of the one type is a value of the other. Records of two services are compared by what is in them:
 * their schemas are closed, so one with a field more does not fit.
 */
export function fits(given: TypeIn, wanted: TypeIn, above: ReadonlySet<string> = new Set()): boolean {
  const { type: from } = given;
  const { type: to } = wanted;
  if (to.kind === "optional") {
    return fits({ ...given, type: from.kind === "optional" ? from.of : from }, { ...wanted, type: to.of }, above);
  }
  if (to.kind === "scalar") return (from.kind === "scalar" && from.name === to.name) || isAnything(from, to);
  if (to.kind === "enum") return from.kind === "enum" && from.values.every((value) => to.values.includes(value));
  if (to.kind === "list") {
    return from.kind === "list" && fits({ ...given, type: from.of }, { ...wanted, type: to.of }, above);
  }
  if (from.kind !== "record") return false;
  const pair = `${from.name} ${to.name}`;
  // A record that holds itself: what is being compared already holds if the rest does.
  if (above.has(pair)) return true;
  const fieldsOf = ({ types }: TypeIn, name: string) => types.find((record) => record.name === name)?.fields;
  const some = fieldsOf(given, from.name);
  const others = fieldsOf(wanted, to.name);
  if (some === undefined || others === undefined) return false;
  return sameFields(some, others, given, wanted, new Set([...above, pair]));
}

function sameFields(
  some: readonly Field[],
  others: readonly Field[],
  given: TypeIn,
  wanted: TypeIn,
  above: ReadonlySet<string>,
): boolean {
  const known = new Map(some.map(({ name, type }) => [name, type]));
  if (some.some(({ name }) => !others.some((other) => other.name === name))) return false;
  return others.every(({ name, type }) => {
    const own = known.get(name);
    return own === undefined ? type.kind === "optional" : fits({ ...given, type: own }, { ...wanted, type }, above);
  });
}

/** `json` takes whatever is there, but for nothing. */
function isAnything(from: FieldType, to: FieldType & { readonly kind: "scalar" }): boolean {
  return to.name === "json" && from.kind !== "optional";
}
