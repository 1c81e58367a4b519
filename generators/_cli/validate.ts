import { resolve } from "node:path";
import { Option, Command as Program } from "commander";
import { type Output, outputTo } from "../_command/output.ts";
import { findRoot } from "../_render/root.ts";
import type { Finding } from "../_rules/rule.ts";
import { type Checked, checkFile } from "./checked.ts";
import { sarifOf } from "./sarif.ts";
import { UsageError } from "./usage.ts";

interface Flags {
  readonly format: "text" | "json" | "sarif";
  readonly strict?: boolean;
}

export function validateCommand(): Program {
  return new Program("validate")
    .description("Checks the manifest and its sagas against every rule")
    .argument("[path...]", "manifests and sagas to check; the repository's own where none is named")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "sarif"]).default("text"))
    .option("--strict", "warnings fail too")
    .action((paths: string[], { format, strict }: Flags) => {
      const output = outputTo(process.stdout);
      const checked = sum((paths.length > 0 ? paths : [ownManifest()]).map(checkFile));
      if (format === "json") output.line(JSON.stringify(asJson(checked)));
      else if (format === "sarif") output.line(JSON.stringify(sarifOf(checked.findings), null, 2));
      else printFindings(checked, output);
      const fails = ({ severity }: Finding) => severity === "error" || strict === true;
      if (checked.findings.some(fails)) process.exitCode = 1;
    });
}

function ownManifest(): string {
  const root = findRoot(process.cwd());
  if (root !== undefined) return resolve(root, "eda.yaml");
  throw new UsageError("There is no eda.yaml here or in a folder above", {
    hint: "Run this inside a repository, or name a file: eda validate path/to/eda.yaml",
  });
}

/** All of them as one: a file that was named twice, by itself and by its manifest, too, counts once. */
function sum(parts: readonly Checked[]): Checked {
  const findings = new Map(parts.flatMap((part) => part.findings).map((finding) => [JSON.stringify(finding), finding]));
  return {
    findings: [...findings.values()],
    manifests: [...new Set(parts.flatMap(({ manifests }) => manifests))],
    sagas: new Map(parts.flatMap(({ sagas }) => [...sagas])),
    skipped: [...new Set(parts.flatMap(({ skipped }) => skipped))],
  };
}

interface Counts {
  readonly manifests: number;
  readonly sagas: number;
  readonly steps: number;
}

function countsOf({ manifests, sagas }: Checked): Counts {
  const steps = [...sagas.values()].reduce((all, own) => all + own, 0);
  return { manifests: manifests.length, sagas: sagas.size, steps };
}

/** `checked` counts files. */
function asJson(checked: Checked): object {
  const { findings, skipped } = checked;
  const { manifests, sagas, steps } = countsOf(checked);
  return { findings, checked: manifests + sagas, manifests, sagas, steps, skipped };
}

/** `file:line:column: error EDA-M04 message`, the hint on the next line, and a count at the end. */
function printFindings(checked: Checked, output: Output): void {
  const { findings, skipped } = checked;
  const { manifests, sagas, steps } = countsOf(checked);
  for (const { file, line, column, severity, rule, message, hint } of findings) {
    const word = severity === "error" ? output.bad(severity) : severity;
    output.line(`${file}:${line}:${column}: ${word} ${rule} ${message}`);
    output.line(`  ${hint}`);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const result =
    findings.length === 0 ? output.good("clean") : `${count(errors, "error")}, ${count(warnings, "warning")}`;
  const what = [
    ...(manifests > 0 ? [count(manifests, "manifest")] : []),
    ...(sagas > 0 ? [count(sagas, "saga"), count(steps, "step")] : []),
  ];
  if (skipped.length > 0) {
    const ids = skipped.join(", ");
    output.line(
      `No manifest names it, so what needs contracts or other sagas was skipped: ${ids}, the types of EDA-S08.`,
    );
  }
  output.line(`${listed(what)} checked: ${result}`);
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
