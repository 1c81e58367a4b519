import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { Command as Program } from "commander";
import { defaultGenerator, readGenerator } from "../_command/generator-spec.ts";
import { type Output, outputTo } from "../_command/output.ts";
import { sagaFilesIn } from "../_command/saga-files.ts";
import { render } from "../_render/render.ts";
import { openRepository } from "../_render/repository-view.ts";
import { findRoot } from "../_render/root.ts";
import { loadTemplates } from "../_render/templates.ts";
import { checkRules, ruleContext } from "../_rules/registry.ts";
import type { Finding } from "../_rules/rule.ts";
import { parseManifest } from "../_system/document.ts";
import { UnreadableManifestError } from "../_system/errors.ts";
import { type Format, formatOption } from "./format.ts";
import { UsageError } from "./usage.ts";

interface Flags {
  readonly format: Format;
  readonly strict?: boolean;
}

export function validateCommand(): Program {
  return new Program("validate")
    .description("Checks the manifest against every rule")
    .argument("[path...]", "manifests to check; the repository's own where none is named")
    .addOption(formatOption())
    .option("--strict", "warnings fail too")
    .action((paths: string[], flags: Flags) => {
      const output = outputTo(process.stdout);
      const files = paths.length > 0 ? paths : [ownManifest()];
      const findings = files.flatMap(checkFile);
      if (flags.format === "json") output.line(JSON.stringify({ findings, checked: files.length }));
      else printFindings(findings, files.length, output);
      const fails = ({ severity }: Finding) => severity === "error" || flags.strict === true;
      if (findings.some(fails)) process.exitCode = 1;
    });
}

function ownManifest(): string {
  const root = findRoot(process.cwd());
  if (root !== undefined) return resolve(root, "eda.yaml");
  throw new UsageError("There is no eda.yaml here or in a folder above", {
    hint: "Run this inside a repository, or name a file: eda validate path/to/eda.yaml",
  });
}

/** Findings of one manifest; rules that look at files beside it run where it is a repository's own. */
function checkFile(path: string): readonly Finding[] {
  const absolute = resolve(path);
  const shown = relative(process.cwd(), absolute).replaceAll("\\", "/");
  const isRepository = basename(absolute) === "eda.yaml";
  const root = dirname(absolute);
  const sagas = isRepository ? sagaFilesIn(root) : undefined;
  const document = parseManifest(readText(absolute, shown), shown, sagas?.complete);
  const rendered = () => render(document.system, loadTemplates(), readGenerator(root) ?? defaultGenerator());
  const repository = isRepository ? openRepository(root, rendered) : undefined;
  return checkRules(ruleContext(document, repository), "validate");
}

function readText(absolute: string, shown: string): string {
  if (!existsSync(absolute)) throw new UnreadableManifestError(`There is no file ${shown}`);
  if (!statSync(absolute).isFile()) throw new UnreadableManifestError(`${shown} is not a file`);
  return readFileSync(absolute, "utf8");
}

/** `file:line:column: error EDA-M04 message`, the hint on the next line, and a count at the end. */
function printFindings(findings: readonly Finding[], checked: number, output: Output): void {
  for (const { file, line, column, severity, rule, message, hint } of findings) {
    const word = severity === "error" ? output.bad(severity) : severity;
    output.line(`${file}:${line}:${column}: ${word} ${rule} ${message}`);
    output.line(`  ${hint}`);
  }
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const result =
    findings.length === 0 ? output.good("clean") : `${count(errors, "error")}, ${count(warnings, "warning")}`;
  output.line(`${count(checked, "manifest")} checked: ${result}`);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
