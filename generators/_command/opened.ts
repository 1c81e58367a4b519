import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diskError } from "../_render/disk-error.ts";
import { findRoot } from "../_render/root.ts";
import type { Finding } from "../_rules/rule.ts";
import { type ManifestDocument, parseManifest } from "../_system/document.ts";
import { EdaError } from "../_system/errors.ts";
import type { System } from "../_system/system.ts";
import { errorsOf } from "./refusal.ts";
import { type SagaFiles, sagaFilesIn } from "./saga-files.ts";

/** The repository that a run works on. */
export interface Opened {
  readonly root: string;
  readonly manifest: ManifestDocument;
  readonly sagas: SagaFiles;
  /** The manifest's text as it is on disk; absent in a new repository. */
  readonly original?: string;
  /** What held before this run's edits; absent in a new repository. */
  readonly baseline?: Baseline;
  /** What a new repository's devDependency on the generator shall be, where somebody said so. */
  readonly generator?: string;
}

export interface Baseline {
  readonly system: System;
  /** Asked for only where the edited manifest has errors, since few have: the manifest is read again for it. */
  errors(): readonly Finding[];
}

/** The repository that a folder belongs to. Throws an `EdaError` where there is none. */
export function openExisting(cwd: string): Opened {
  const root = existingRoot(cwd);
  return openText(root, readManifest(root) ?? "");
}

/** The root of the repository that a folder belongs to. Throws an `EdaError` where there is none. */
export function existingRoot(cwd: string): string {
  const root = findRoot(cwd);
  if (root !== undefined) return root;
  throw new EdaError("There is no eda.yaml here or in a folder above", {
    hint: "Make a repository with `eda new NAME`, or change into one",
  });
}

/** The manifest's text; undefined where there is none. Throws an `EdaError` where the disk does not give it. */
export function readManifest(root: string): string | undefined {
  const path = join(root, "eda.yaml");
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  } catch (error) {
    throw diskError(error, "read", path);
  }
}

export function openText(root: string, original: string): Opened {
  const sagas = sagaFilesIn(root);
  const manifest = editable(original, sagas);
  const errors = () => {
    const asOnDisk = sagaFilesIn(root);
    return errorsOf({ root, manifest: editable(original, asOnDisk), sagas: asOnDisk });
  };
  return { root, manifest, sagas, original, baseline: { system: manifest.system, errors } };
}

/** A manifest that can be edited. One that is not valid against the schema is its author's to mend first. */
export function editable(text: string, { complete }: Pick<SagaFiles, "complete">): ManifestDocument {
  const document = parseManifest(text, "eda.yaml", complete);
  const [first, ...more] = document.schemaProblems;
  if (first === undefined) return document;
  throw new EdaError(first.message, {
    place: document.place(first.at, first.part),
    hint: more.length === 0 ? first.hint : `${first.hint} (and ${more.length} more: \`eda validate\` shows all)`,
  });
}
