import { packageVersion } from "../_command/generator-spec.ts";
import { rules } from "../_rules/registry.ts";
import type { Finding } from "../_rules/rule.ts";

/** Findings as a SARIF 2.1.0 log (OASIS), which code hosts show beside the lines that they are about. */
export function sarifOf(findings: readonly Finding[]): object {
  const found = new Set(findings.map(({ rule }) => rule));
  const told = rules.filter(({ id }) => found.has(id));
  const indices = new Map(told.map(({ id }, index) => [id, index]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "eda",
            version: packageVersion(),
            rules: told.map(({ id, title, explanation, severity }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: explanation },
              defaultConfiguration: { level: severity },
              help: { text: `eda explain ${id}` },
            })),
          },
        },
        // As editors count, and as `column` says.
        columnKind: "utf16CodeUnits",
        results: findings.map(({ rule, severity, message, hint, file, line, column }) => ({
          ruleId: rule,
          ruleIndex: indices.get(rule),
          level: severity,
          message: { text: `${message}. ${hint}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}
