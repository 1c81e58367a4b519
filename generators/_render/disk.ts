import fs from "node:fs";
import { join, sep } from "node:path";

/** What lies at a path. */
export type Found =
  | { readonly is: "nothing" | "file" | "folder" }
  /** At `at`, which is the path or a folder of it, lies something that is neither a file nor a folder that leads on. */
  | { readonly is: "blocked"; readonly at: string }
  /** The path passes through, or is, a symbolic link at `at` that leads out of the root or nowhere. */
  | { readonly is: "outside"; readonly at: string };

/** What a plan may know of the disk. Paths are from the root, with forward slashes. */
export interface DiskView {
  look(path: string): Found;
  /** The text of a file that `look` found. */
  read(path: string): string;
}

type Kind = "file" | "folder" | "link" | "other";
type Entries = ReadonlyMap<string, Kind>;
interface Listing {
  readonly entries: Entries;
  lowerCase?: ReadonlySet<string>;
}
type Folder = Listing | Found;

/**
 * The files below a root as they are at the first look: each folder is listed once, so that thousands of files cost a
 * few directory reads. Open a new view after writing.
 */
export function openDisk(root: string): DiskView {
  const folders = new Map<string, Folder>();
  const realRoot = fs.existsSync(root) ? fs.realpathSync(root) : root;

  function folder(path: string): Folder {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const found = path === "" ? rootFound() : look(path);
    const opened: Folder =
      found.is === "folder"
        ? { entries: list(join(root, path)) }
        : found.is === "file"
          ? { is: "blocked", at: path }
          : found;
    folders.set(path, opened);
    return opened;
  }

  function rootFound(): Found {
    return { is: fs.statSync(root, { throwIfNoEntry: false })?.isDirectory() ? "folder" : "nothing" };
  }

  function look(path: string): Found {
    const slash = path.lastIndexOf("/");
    const parent = folder(path.slice(0, Math.max(slash, 0)));
    if (!("entries" in parent)) return parent;
    const name = path.slice(slash + 1);
    const kind = parent.entries.get(name) ?? inAnotherCase(parent, name, join(root, path));
    if (kind === undefined) return { is: "nothing" };
    if (kind === "link") return followed(path);
    return kind === "other" ? { is: "blocked", at: path } : { is: kind };
  }

  function followed(path: string): Found {
    try {
      const target = fs.realpathSync(join(root, path));
      if (target !== realRoot && !target.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
        return { is: "outside", at: path };
      }
      const kind = kindOf(fs.statSync(target));
      return kind === "file" || kind === "folder" ? { is: kind } : { is: "blocked", at: path };
    } catch {
      return { is: "outside", at: path };
    }
  }

  return { look, read: (path) => fs.readFileSync(join(root, path), "utf8") };
}

function list(path: string): Entries {
  return new Map(fs.readdirSync(path, { withFileTypes: true }).map((each) => [each.name, kindOf(each)]));
}

/** On a file system that ignores case, `Readme.md` lies where `README.md` would be written. */
function inAnotherCase(folder: Listing, name: string, path: string): Kind | undefined {
  folder.lowerCase ??= new Set([...folder.entries.keys()].map((each) => each.toLowerCase()));
  if (!folder.lowerCase.has(name.toLowerCase())) return undefined;
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  return found && kindOf(found);
}

function kindOf(entry: Pick<fs.Dirent, "isFile" | "isDirectory" | "isSymbolicLink">): Kind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "other";
}
