import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Calls with a folder of its own, which is gone afterwards. */
export async function inFolder<T>(use: (root: string) => T | Promise<T>): Promise<T> {
  const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "eda-render-")));
  try {
    return await use(root);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

export function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    fs.mkdirSync(dirname(join(root, path)), { recursive: true });
    fs.writeFileSync(join(root, path), text);
  }
}

export function text(root: string, path: string): string {
  return fs.readFileSync(join(root, path), "utf8");
}

/** Every file below a root with its content; the lock is left out, since opening it would give it up. */
export function tree(root: string): Readonly<Record<string, string>> {
  const paths = fs.readdirSync(root, { recursive: true, withFileTypes: true });
  const files = paths.flatMap((each) =>
    each.isFile() ? [join(each.parentPath, each.name).slice(root.length + 1)] : [],
  );
  const shown = files.map((path) => path.replaceAll("\\", "/")).filter((path) => path !== ".eda/lock");
  return Object.fromEntries(shown.sort().map((path) => [path, text(root, path)]));
}
