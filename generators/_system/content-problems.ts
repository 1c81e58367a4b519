import { BadFieldTypeError } from "./errors.ts";
import { parseFieldType } from "./field-types.ts";
import type { NodePath } from "./place.ts";
import type { SchemaProblem } from "./schema-problem.ts";
import { isPlainMap, type PlainMap } from "./values.ts";
import { dotted } from "./wording.ts";

/** What is wrong in a manifest that fits the schema, where no schema can say it: findings of EDA-M01 all the same. */
export function* contentProblems(manifest: unknown): Iterable<SchemaProblem> {
  for (const [name, service] of entriesOf(manifest, "services")) {
    if (!isPlainMap(service) || sound.has(service)) continue;
    const problems = [...serviceProblems(["services", name], service)];
    if (problems.length === 0 && Object.isFrozen(service)) sound.add(service);
    yield* problems;
  }
}

/** Frozen services without a problem: an edited manifest shares every one that did not change. */
const sound = new WeakSet<PlainMap>();

function* serviceProblems(path: NodePath, service: PlainMap): Iterable<SchemaProblem> {
  for (const [name, body] of entriesOf(service, "commands")) yield* externalRoute([...path, "commands", name], body);
  for (const section of ["commands", "events"]) {
    for (const [message, body] of entriesOf(service, section)) {
      yield* enumProblems([...path, section, message, "fields"], (body as PlainMap).fields);
    }
  }
  for (const [type, fields] of entriesOf(service, "types")) yield* enumProblems([...path, "types", type], fields);
  yield* endlessRecords([...path, "types"], new Map(entriesOf(service, "types")));
}

function entriesOf(value: unknown, key: string): [string, unknown][] {
  const map = isPlainMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return isPlainMap(map) ? Object.entries(map) : [];
}

/** A route to a command that calls a provider: its caller could neither wait for the outcome nor have it undone. */
function* externalRoute(path: NodePath, command: unknown): Iterable<SchemaProblem> {
  if (!isPlainMap(command) || command.external !== true || command.http !== true) return;
  const at = [...path, "http"];
  const message = `${dotted(at)}: an external command has no HTTP route, since only a saga can wait for it and undo it`;
  yield { at, part: "value", message, hint: "Take http away, or take external away" };
}

/** A value that an enum has twice. */
function* enumProblems(path: NodePath, fields: unknown): Iterable<SchemaProblem> {
  if (!isPlainMap(fields)) return;
  for (const [name, type] of Object.entries(fields)) {
    if (!String(type).startsWith("enum")) continue;
    try {
      parseFieldType(String(type));
    } catch (error) {
      if (!(error instanceof BadFieldTypeError)) throw error;
      const at = [...path, name];
      yield { at, part: "value", message: `${dotted(at)}: ${error.message}`, hint: error.hint ?? "" };
    }
  }
}

/** Records that hold themselves in a required field: no value of them would ever end. */
function* endlessRecords(path: NodePath, records: ReadonlyMap<string, unknown>): Iterable<SchemaProblem> {
  const needs = new Map([...records].map(([name, fields]) => [name, requiredRecords(fields)]));
  for (const [name, direct] of needs) {
    const reached = new Set<string>();
    const visit = (record: string): void => {
      if (reached.has(record)) return;
      reached.add(record);
      for (const next of needs.get(record)?.keys() ?? []) visit(next);
    };
    for (const [record, field] of direct) {
      reached.clear();
      visit(record);
      if (!reached.has(name)) continue;
      const message = `A ${name} holds a ${name} in its field ${field}, and so on without end`;
      yield { at: [...path, name, field], part: "value", message, hint: `Write ${record}? or ${record}[]` };
      break;
    }
  }
}

/** The records without which a record cannot be, each with the field that needs it. */
function requiredRecords(fields: unknown): ReadonlyMap<string, string> {
  const required = new Map<string, string>();
  for (const [field, text] of Object.entries(fields as PlainMap)) {
    if (/^[A-Z][A-Za-z0-9]*$/.test(String(text))) required.set(String(text), field);
  }
  return required;
}
