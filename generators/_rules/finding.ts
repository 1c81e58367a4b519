import type { ManifestDocument } from "../_system/document.ts";
import type { Finding, Problem, Rule } from "./rule.ts";

/** Gives a problem its rule's id and severity, and its place in a file. */
export function findingOf(rule: Pick<Rule, "id" | "severity">, problem: Problem, manifest: ManifestDocument): Finding {
  const place = "file" in problem.at ? problem.at : manifest.place(problem.at, problem.part ?? "value");
  return {
    rule: rule.id,
    severity: rule.severity,
    message: problem.message,
    hint: problem.hint,
    file: place.file,
    line: place.line,
    column: place.column,
  };
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
