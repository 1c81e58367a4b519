import { isWritable } from "./record.ts";

/**
 * Refuses what can only be a mistake in rendering: a path that is not ours to write, two files at one path (also where
 * only case tells them apart, since some file systems keep one of them), a file where another one needs a folder.
 */
export function refuseCollisions(files: readonly { readonly path: string }[]): void {
  const paths = new Map<string, string>();
  for (const { path } of files) {
    if (!isWritable(path)) throw new Error(`rendered to a path that is not ours to write: ${JSON.stringify(path)}`);
    const other = paths.get(path.toLowerCase());
    if (other !== undefined) throw new Error(`rendered twice: ${other} and ${path}`);
    paths.set(path.toLowerCase(), path);
  }
  const folders = new Set<string>();
  for (const [lower, path] of paths) {
    for (let end = lower.lastIndexOf("/"); end > 0; end = lower.lastIndexOf("/", end - 1)) {
      const name = lower.slice(0, end);
      // The folders above one that has been looked up have been looked up too.
      if (folders.has(name)) break;
      folders.add(name);
      const folder = paths.get(name);
      if (folder !== undefined) throw new Error(`rendered as a file and as a folder: ${folder} and ${path}`);
    }
  }
}
