import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { findRoot } from "../_render/root.ts";
import { EdaError } from "../_system/errors.ts";
import { kebab, parseName } from "../_system/names.ts";
import type { Asker } from "./ask.ts";
import { readManifest } from "./opened.ts";

/** Where `eda new` works. */
export interface Target {
  readonly root: string;
  /** The manifest that is there already: the run is then one of `eda sync`. */
  readonly existing?: string;
  /** Name of the system. */
  readonly name: string;
}

const harmless = /^(\.git|\.eda|readme(\.\w+)?|licen[cs]e(\.\w+)?)$/i;

/**
 * Chooses the folder of a new repository: `./name` where a name was typed, else this one if it is empty but for git,
 * a README and a licence. Throws an `EdaError` below an existing repository, and where files are in the way.
 */
export async function chooseTarget(cwd: string, typed: string | undefined, asker: Asker | undefined): Promise<Target> {
  const above = findRoot(cwd);
  if (above !== undefined) {
    if (above === resolve(cwd) && typed === undefined) return atRoot(above);
    throw new EdaError(`This is inside the repository ${above}, and one does not lie in another`, {
      hint: "Leave it first, or add to it with `eda add service NAME`",
    });
  }
  if (typed !== undefined) return emptyFolder(join(cwd, named(typed)), named(typed));

  const name = suggested(cwd);
  if (isFree(cwd)) return { root: resolve(cwd), name: parseName(name, "a system") };
  const agreed = await asker?.confirm(`This folder is not empty. Make ./${name} in it?`, true);
  if (agreed) return emptyFolder(join(cwd, name), name);
  throw new EdaError(`The folder ${basename(cwd)} is not empty`, {
    hint: "Give a name, and the repository is made in a folder of that name: `eda new NAME`",
  });
}

/** The folder's name as the name of a system; `system` where it cannot be one. */
export function suggested(folder: string): string {
  const name = kebab(
    basename(resolve(folder))
      .replaceAll(/[^A-Za-z0-9]+/g, "-")
      .replaceAll(/^[-\d]+|-+$/g, ""),
  );
  return name === "" ? "system" : name.slice(0, 40).replace(/-$/, "");
}

function named(typed: string): string {
  return kebab(parseName(typed, "a system"));
}

function emptyFolder(root: string, name: string): Target {
  if (existsSync(join(root, "eda.yaml"))) return atRoot(root);
  if (existsSync(root) && (!statSync(root).isDirectory() || !isFree(root))) {
    throw new EdaError(`${name} is there already, and it is not an empty folder`, {
      hint: "Choose another name, or empty it first",
    });
  }
  return { root, name };
}

function atRoot(root: string): Target {
  return { root, existing: readManifest(root) ?? "", name: basename(root) };
}

function isFree(folder: string): boolean {
  // Sagas are written before the manifest: a run that was killed in between left them alone, and is to be repeated.
  const wasCutShort = existsSync(join(folder, ".eda", "tmp"));
  return readdirSync(folder).every((entry) => harmless.test(entry) || (wasCutShort && entry === "sagas"));
}
