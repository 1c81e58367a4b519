import fs from "node:fs";
import { join } from "node:path";
import type { RepositoryView } from "../_rules/rule.ts";
import { type DiskView, openDisk } from "./disk.ts";
import type { RenderedFile } from "./file.ts";
import { hasConflictMarkers, isEdited } from "./provenance.ts";
import { isWritable } from "./record.ts";
import { readRecord } from "./write.ts";

/**
 * What rules may know of the files below a root.
 *
 * @param rendered what the manifest on disk renders; called only where a file is not as recorded, so that what a killed
 *   run wrote without reaching the record is not taken for a hand edit.
 */
export function openRepository(root: string, rendered?: () => readonly RenderedFile[]): RepositoryView {
  let disk: DiskView | undefined;
  return {
    exists: (path) => isInside(path) && fs.existsSync(join(root, path)),
    list: (folder) => (folder === "" || folder === "." || isInside(folder) ? filesIn(join(root, folder)) : []),
    editedDerivedFiles: () => editedDerivedFiles(root, rendered),
    read: (path) => {
      // Folders are listed once for all files: sagas are read by the hundred.
      disk ??= openDisk(root);
      return isInside(path) && disk.look(path).is === "file" ? disk.read(path) : undefined;
    },
  };
}

/** Reads every derived file on record: a hand edit is known by its content alone. */
function editedDerivedFiles(root: string, rendered?: () => readonly RenderedFile[]): readonly string[] {
  const disk = openDisk(root);
  let contents: Map<string, string> | undefined;
  const now = (path: string): string | undefined => {
    contents ??= new Map(rendered?.().flatMap((file) => ("content" in file ? [[file.path, file.content]] : [])));
    return contents.get(path);
  };
  const edited: string[] = [];
  for (const [path, { kind, hashes }] of readRecord(root)) {
    if (kind !== "derived" || disk.look(path).is !== "file") continue;
    const text = disk.read(path);
    const known = { recorded: hashes, now: hashes.length > 1 ? now(path) : undefined, before: () => now(path) };
    if (!hasConflictMarkers(text) && isEdited(text, known)) edited.push(path);
  }
  return edited.sort();
}

function isInside(path: string): boolean {
  return path === "eda.yaml" || path.startsWith(".eda/") || isWritable(path);
}

function filesIn(folder: string): readonly string[] {
  try {
    const entries = fs.readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((each) => (each.isFile() ? [each.name] : [])).sort();
  } catch {
    return [];
  }
}
