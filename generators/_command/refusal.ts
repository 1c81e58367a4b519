import { basename } from "node:path/posix";
import { openRepository } from "../_render/repository-view.ts";
import { checkRules, ruleContext } from "../_rules/registry.ts";
import type { Finding, RepositoryView } from "../_rules/rule.ts";
import { EdaError } from "../_system/errors.ts";
import type { Opened } from "./opened.ts";

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
  { root, manifest, sagas }: Pick<Opened, "root" | "manifest" | "sagas">,
  coming: ReadonlySet<string> = new Set(),
): readonly Finding[] {
  const onDisk = openRepository(root);
  const written = new Map(sagas.changes.map(({ path, text }) => [path, text]));
  const repository: RepositoryView = {
    ...onDisk,
    exists: (path) => coming.has(path) || written.has(path) || onDisk.exists(path),
    list: (folder) => [...new Set([...onDisk.list(folder), ...filesOf(folder, written.keys())])].sort(),
    read: (path) => written.get(path) ?? onDisk.read?.(path),
  };
  return checkRules(ruleContext(manifest, repository), "validate", "error");
}

function filesOf(folder: string, paths: Iterable<string>): readonly string[] {
  return [...paths].flatMap((path) => (path.slice(0, path.lastIndexOf("/")) === folder ? [basename(path)] : []));
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
