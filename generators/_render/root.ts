import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The root of the repository that a folder belongs to: the nearest folder upwards that holds a file `eda.yaml`.
 * Nothing else makes a root: a `.yo-rc.json` on the way may be somebody else's.
 */
export function findRoot(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (isFile(join(folder, "eda.yaml"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
