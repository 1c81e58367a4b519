import fs from "node:fs";
import { dirname, join } from "node:path";
import { EdaError } from "../_system/errors.ts";

/** Writes files so that each is there whole or not at all, also when the process is killed in between. */
export interface Staging {
  /** Puts a text in a file's place; a symbolic link there is followed, and mode bits are kept. */
  replace(path: string, text: string, options?: { readonly flush?: boolean }): void;
  /** Removes the temporary folder. */
  close(): void;
}

/**
 * Opens the temporary folder `.eda/tmp`, empty: what a killed run left in it is removed. To be called under the lock.
 *
 * @param beforeRename called when the text is on disk under a temporary name, and nothing has changed yet.
 */
export function openStaging(root: string, beforeRename: () => void): Staging {
  makeEdaFolder(root);
  const folder = join(root, ".eda", "tmp");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
  const parents = new Set<string>();
  let count = 0;

  function replace(path: string, text: string, options?: { readonly flush?: boolean }): void {
    const target = linkTarget(join(root, path));
    const parent = dirname(target.path);
    if (!parents.has(parent)) fs.mkdirSync(parent, { recursive: true });
    parents.add(parent);
    const staged = join(folder, String(count++));
    fs.writeFileSync(staged, text, { flush: options?.flush ?? false });
    // A program is executable from the start: npm would make it so on installing, and git would see a change.
    const mode = target.mode ?? (text.startsWith("#!") ? 0o755 : undefined);
    if (mode !== undefined) fs.chmodSync(staged, mode);
    beforeRename();
    move(staged, target.path);
  }

  return { replace, close: () => fs.rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Makes `.eda`, which is never reached through a symbolic link: the record and the lock must be this repository's.
 * Gives the uppermost folder that had to be made.
 */
export function makeEdaFolder(root: string): string | undefined {
  const folder = join(root, ".eda");
  const made = fs.mkdirSync(folder, { recursive: true });
  if (!fs.lstatSync(folder).isSymbolicLink()) return made;
  throw new EdaError(".eda is a symbolic link", { hint: "replace it by a folder of its own, and run this again" });
}

function linkTarget(path: string): { readonly path: string; readonly mode?: number } {
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { path };
  const target = found.isSymbolicLink() ? fs.realpathSync(path) : path;
  return { path: target, mode: fs.statSync(target).mode & 0o7777 };
}

/** A folder of the repository may be on another file system: then the last step is taken from beside the target. */
function move(staged: string, target: string): void {
  try {
    fs.renameSync(staged, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    const beside = `${target}.eda-tmp`;
    fs.copyFileSync(staged, beside);
    fs.renameSync(beside, target);
    fs.rmSync(staged);
  }
}
