import { openRepository } from "../_render/repository-view.ts";
import { checkRules, ruleContext } from "../_rules/registry.ts";
import type { Finding } from "../_rules/rule.ts";
import type { ManifestDocument } from "../_system/document.ts";
import { EdaError } from "../_system/errors.ts";

/** The edit would bring errors into the system; nothing was written. */
export class RefusedError extends EdaError {
  override readonly name = "RefusedError";
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const [first] = findings;
    super(`Refused, nothing was written: ${first?.message ?? "the manifest is gone"}`, {
      hint: first
        ? `${first.hint} (${first.rule}${findings.length > 1 ? `, and ${findings.length - 1} more` : ""})`
        : "",
    });
    this.findings = findings;
  }
}

/**
 * The errors that `eda validate` finds. Warnings refuse nothing, and to look for them is more than a run needs: one of
 * their rules reads every derived file.
 * @param coming Paths of files that the run is about to write.
 */
export function errorsOf(
  manifest: ManifestDocument,
  root: string,
  coming: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  const onDisk = openRepository(root);
  const repository = {
    ...onDisk,
    exists: (path: string) => coming.has(path) || onDisk.exists(path),
  };
  return checkRules(ruleContext(manifest, repository), "validate", "error");
}

/** Errors that an edit brings in; those that were there before are not this run's business. */
export function newErrors(before: () => readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  if (after.length === 0) return [];
  const known = new Set(before().map(identity));
  return after.filter((finding) => !known.has(identity(finding)));
}

/** Lines move with every edit, so a finding is known by what it says. */
function identity({ rule, message }: Finding): string {
  return `${rule} ${message}`;
}
