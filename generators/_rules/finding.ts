import type { ManifestDocument } from "../_system/document.ts";
import type { Place } from "../_system/place.ts";
import type { Finding, Problem, Rule } from "./rule.ts";

/** Gives a problem its rule's id and severity, and its place in a file. */
export function findingOf(rule: Pick<Rule, "id" | "severity">, problem: Problem, manifest: ManifestDocument): Finding {
  const place = "file" in problem.at ? problem.at : manifest.place(problem.at, problem.part ?? "value");
  return found(rule, problem, place);
}

/** Of a problem that knows its place. */
export function findingAt(rule: Pick<Rule, "id" | "severity">, problem: Problem): Finding {
  if (!("file" in problem.at)) throw new Error(`${rule.id} gives no place in a file: ${problem.message}`);
  return found(rule, problem, problem.at);
}

function found(rule: Pick<Rule, "id" | "severity">, { message, hint }: Problem, place: Place): Finding {
  const { file, line, column } = place;
  return { rule: rule.id, severity: rule.severity, message, hint, file, line, column };
}

/** By file, line, column, then rule: the order in which a person walks through the files. */
export function inReadingOrder(a: Finding, b: Finding): number {
  return (
    compare(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
