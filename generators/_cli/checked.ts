import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { defaultGenerator, readGenerator } from "../_command/generator-spec.ts";
import { sagaFilesIn } from "../_command/saga-files.ts";
import { render } from "../_render/render.ts";
import { openRepository } from "../_render/repository-view.ts";
import { findRoot } from "../_render/root.ts";
import { loadTemplates } from "../_render/templates.ts";
import { checkRules, checkSagaAlone, ruleContext, skippedAlone } from "../_rules/registry.ts";
import type { Finding, RepositoryView, RuleContext } from "../_rules/rule.ts";
import { sagasOf, withSagas } from "../_rules/sagas.ts";
import { largestSaga, loadSaga, type SagaDocument } from "../_saga/load.ts";
import { type ManifestDocument, parseManifest } from "../_system/document.ts";
import { UnreadableManifestError } from "../_system/errors.ts";
import { harmless } from "../_system/wording.ts";

/** What one named file, and the files that belong to it, were found to be. */
export interface Checked {
  readonly findings: readonly Finding[];
  /** Files of manifests, by their path on disk. */
  readonly manifests: readonly string[];
  /** Files of sagas, by their path on disk, with the number of their steps: members of parallel groups each for itself. */
  readonly sagas: ReadonlyMap<string, number>;
  /** Rules that a saga's file was not judged by, since no manifest names it. */
  readonly skipped: readonly string[];
}

/**
 * Checks a manifest with every saga that it names, or one saga's file. Throws an UnreadableManifestError where one of
 * them cannot be read.
 */
export function checkFile(path: string): Checked {
  const absolute = resolve(path);
  return isSaga(absolute) ? checkSagaFile(absolute) : checkManifest(absolute);
}

function checkManifest(absolute: string): Checked {
  const document = parseManifest(readText(absolute), shown(absolute));
  const root = dirname(absolute);
  const context = contextOf(document, basename(absolute) === "eda.yaml" ? root : undefined);
  const sagas = context === undefined ? [] : readable(context, root);
  const findings = checkRules(context ?? ruleContext(document), "validate");
  return {
    findings: findings.map((finding) => (finding.file === document.file ? finding : placedFrom(root, finding))),
    manifests: [onDisk(absolute)],
    sagas: new Map(sagas.map(({ document, file }) => [onDisk(file), stepsOf(document)])),
    skipped: [],
  };
}

/** A manifest with the repository around it, where it is one's own; undefined where it does not fit the schema. */
function contextOf(document: ManifestDocument, root: string | undefined): RuleContext | undefined {
  if (document.schemaProblems.length > 0) return undefined;
  if (root === undefined) return ruleContext(document);
  const rendered = () =>
    render(sagaFilesIn(root).complete(document.system), loadTemplates(), readGenerator(root) ?? defaultGenerator());
  return withSagas(ruleContext(document, openRepository(root, rendered)));
}

/** The definitions of a context's sagas; throws where one of them cannot be read. */
function readable(context: RuleContext, root: string): readonly { document: SagaDocument; file: string }[] {
  const { sagas, unreadable } = sagasOf(context);
  const [first] = unreadable;
  if (first === undefined) {
    return sagas.map(({ entry, document }) => ({ document, file: join(root, entry.definition) }));
  }
  if (first.place === undefined) throw first;
  const place = { ...first.place, file: shown(join(root, first.place.file)) };
  throw new UnreadableManifestError(first.message, { place, ...(first.hint !== undefined && { hint: first.hint }) });
}

/** A saga's file: within its system where a manifest above names it, else by what needs none. */
function checkSagaFile(absolute: string): Checked {
  const document = loadSaga(readText(absolute, largestSaga), shown(absolute));
  const within = checkedWithin(absolute);
  return {
    findings: within ?? checkSagaAlone(document),
    manifests: [],
    sagas: new Map([[onDisk(absolute), stepsOf(document)]]),
    skipped: within === undefined ? skippedAlone() : [],
  };
}

/** What a repository's rules find in a saga's file; undefined where no sound manifest above names it. */
function checkedWithin(absolute: string): readonly Finding[] | undefined {
  const root = findRoot(dirname(absolute));
  if (root === undefined) return undefined;
  const manifest = sound(join(root, "eda.yaml"));
  const path = relative(root, absolute).replaceAll("\\", "/");
  if (!manifest?.system.sagas.some(({ definition }) => definition === path)) return undefined;
  const context = ruleContext(manifest, withoutDerived(openRepository(root)));
  return checkRules(context, "validate")
    .filter(({ file }) => file === path)
    .map((finding) => placedFrom(root, finding));
}

/** Whether somebody has edited derived files is no question of a saga's, and reading them all takes its time. */
function withoutDerived(repository: RepositoryView): RepositoryView {
  return { ...repository, editedDerivedFiles: () => [] };
}

function sound(path: string): ManifestDocument | undefined {
  try {
    const manifest = parseManifest(readText(path), "eda.yaml");
    return manifest.schemaProblems.length === 0 ? manifest : undefined;
  } catch (error) {
    if (error instanceof UnreadableManifestError) return undefined;
    throw error;
  }
}

function stepsOf({ draft }: SagaDocument): number {
  return draft.groups.flat().length;
}

/** A file's one path, however it was named. */
function onDisk(absolute: string): string {
  return existsSync(absolute) ? realpathSync(absolute) : absolute;
}

/** A finding in a repository's file as it is named from here. */
function placedFrom(root: string, finding: Finding): Finding {
  return { ...finding, file: shown(join(root, finding.file)) };
}

function shown(absolute: string): string {
  return harmless(relative(process.cwd(), absolute).replaceAll("\\", "/")) || ".";
}

/** By its name; else by the keys at its top. */
function isSaga(absolute: string): boolean {
  if (/\.saga\.ya?ml$/.test(absolute)) return true;
  if (basename(absolute) === "eda.yaml") return false;
  const text = readText(absolute, largestSaga * 4);
  return /^saga[ \t]*:/m.test(text) && !/^eda[ \t]*:/m.test(text);
}

function readText(absolute: string, largest = Number.POSITIVE_INFINITY): string {
  const name = shown(absolute);
  if (!existsSync(absolute)) throw new UnreadableManifestError(`There is no file ${name}`);
  const found = statSync(absolute);
  const hint = "Name the eda.yaml of a repository, or a saga's file";
  if (found.isDirectory()) throw new UnreadableManifestError(`${name} is not a file but a folder`, { hint });
  if (!found.isFile()) throw new UnreadableManifestError(`${name} is not a file`, { hint });
  // Before it is read: a file of gigabytes is no text that fits.
  if (found.size > Math.max(largest, largestFile)) {
    throw new UnreadableManifestError(`${name} is larger than any manifest or definition`, { hint });
  }
  try {
    return readFileSync(absolute, "utf8");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const why = code === "EACCES" || code === "EPERM" ? "you may not read it" : code;
    throw new UnreadableManifestError(`${name} cannot be read: ${why}`, { hint, cause: error });
  }
}

const largestFile = 16 * 1024 * 1024;
