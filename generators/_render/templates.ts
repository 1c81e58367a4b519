import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ejs from "ejs";

/** The files of `templates/`, read once; paths are relative to it, with forward slashes. */
export interface Templates {
  /** The text of a file, as it is. */
  text(path: string): string;
  /** An EJS template with its values filled in. Values are put in as they are and never evaluated. */
  fill(path: string, values: Readonly<Record<string, string>>): string;
  /** Paths below a folder, relative to that folder, sorted. */
  below(folder: string): readonly string[];
}

function templatesFrom(files: ReadonlyMap<string, string>): Templates {
  const compiled = new Map<string, (values: object) => string>();
  const listed = new Map<string, readonly string[]>();
  const text = (path: string) => {
    const found = files.get(path);
    if (found === undefined) throw new Error(`no template ${path}`);
    return found;
  };
  return {
    text,
    fill(path, values) {
      let template = compiled.get(path);
      if (!template) {
        template = ejs.compile(text(path)) as (values: object) => string;
        compiled.set(path, template);
      }
      return template(values);
    },
    below(folder) {
      let paths = listed.get(folder);
      if (!paths) {
        paths = [...files.keys()]
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1))
          .sort();
        listed.set(folder, paths);
      }
      return paths;
    },
  };
}

let loaded: Templates | undefined;

/** Reads `templates/` of this package; the one place where rendering meets the disk. */
export function loadTemplates(): Templates {
  loaded ??= templatesFrom(readTree(packageRoot("templates/")));
  return loaded;
}

/** A path in this package, whether it runs from its sources or from `dist/`. */
export function packageRoot(below = ""): string {
  const up = import.meta.url.endsWith(".ts") ? "../../" : "../../../";
  return fileURLToPath(new URL(up + below, import.meta.url));
}

function readTree(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const absolute = join(entry.parentPath, entry.name);
    const path = relative(root, absolute).replaceAll("\\", "/");
    // Of the path below the root alone: an installed package lies in a node_modules itself.
    if (!entry.isFile() || path.split("/").includes("node_modules")) continue;
    files.set(path, readFileSync(absolute, "utf8"));
  }
  return files;
}
