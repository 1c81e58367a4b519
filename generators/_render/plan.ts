import { EdaError } from "../_system/errors.ts";
import type { DiskView } from "./disk.ts";
import type { FileKind, RenderedFile } from "./file.ts";
import { contentHash, hasConflictMarkers, isEdited, withLf } from "./provenance.ts";
import { type FileRecord, isHashed, isWritable, type RecordEntry } from "./record.ts";

interface At {
  readonly kind: FileKind;
  readonly path: string;
}
interface Text {
  /** What is written, or would be. */
  readonly content: string;
}
interface Was {
  /** What is on disk. */
  readonly current: string;
}

/** What a run does with one file. */
export type PlanEntry =
  | (At & Text & { readonly action: "create" })
  /** What is there was written by a run (or is shared), and another text takes its place. */
  | (At & Text & Was & { readonly action: "change" })
  | (At & { readonly action: "unchanged" })
  /** A derived file that a person changed, or that was never ours, would be written: left alone unless forced. */
  | (At & Text & Was & { readonly action: "conflict" })
  /** Edited by hand, while what is rendered has not changed since: left alone. Seen only where it was read. */
  | (At & Text & Was & { readonly action: "edited" })
  /** A runtime file that a person changed, of which there is a newer one to show. */
  | (At & Text & Was & { readonly action: "kept"; readonly kind: "runtime" })
  /** Started by an earlier run, or found there: the user's, on disk or deleted. Of a stub: edited or deleted. */
  | (At & { readonly action: "kept"; readonly kind: "started" | "stub" })
  /** A derived file or a stub that is no longer part of the system, and as it was written. */
  | (At & Was & { readonly action: "delete" })
  /** No longer part of the system, but a person's work: named, never deleted. */
  | (At & { readonly action: "orphan" });

export interface Plan {
  /** Sorted by path. */
  readonly entries: readonly PlanEntry[];
  /** What the record says once the plan has been carried out with nothing forced. */
  readonly record: FileRecord;
}

export interface PlanInput {
  readonly rendered: readonly RenderedFile[];
  readonly record: FileRecord;
  readonly disk: DiskView;
  /**
   * Renders the manifest as it was on disk before this run's own edit; called only where something on disk is not on
   * record. It explains what a killed run wrote, so that its work is finished forward and not taken for a hand edit.
   */
  readonly before?: () => readonly RenderedFile[];
  /**
   * Also read the derived files of which the record says that they are up to date. Without it these are trusted to be
   * there as they were: reading them could only find a hand edit that is left alone anyway. `sync --check` reads all.
   */
  readonly readAll?: boolean;
}

/** Compares what is rendered with the record and the disk. Throws an `EdaError` where something is in the way. */
export function planFiles(input: PlanInput): Plan {
  refuseCollisions(input.rendered);
  const entries: PlanEntry[] = [];
  const record = new Map<string, RecordEntry>();
  const before = earlier(input.before);
  const rendered = new Set<string>();

  for (const file of input.rendered) {
    const known = input.record.get(file.path);
    const entry = planFile(file, known, input, before);
    rendered.add(file.path);
    entries.push(entry);
    const next = recorded(entry, file, known);
    if (next !== undefined) record.set(file.path, next);
  }
  for (const [path, known] of input.record) {
    if (rendered.has(path)) continue;
    const entry = planRemoval(path, known, input.disk, before);
    if (entry === undefined) continue;
    entries.push(entry);
    if (entry.action === "orphan") record.set(path, known);
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, record };
}

function planFile(file: RenderedFile, known: RecordEntry | undefined, input: PlanInput, before: Before): PlanEntry {
  const { kind, path } = file;
  if (kind === "started") {
    const isThere = known !== undefined || isFile(input.disk, path);
    return isThere ? { action: "kept", kind, path } : { action: "create", kind, path, content: file.content };
  }
  if (kind === "stub" && known !== undefined && input.disk.look(path).is === "nothing") {
    return { action: "kept", kind, path };
  }
  const isThere = isFile(input.disk, path);
  if (kind === "shared") return isThere ? planEdit(file, input.disk.read(path)) : created(file, file.edit(undefined));
  if (!isThere) return created(file, file.content);

  const { content } = file;
  const hash = contentHash(content);
  const isRecorded = known?.hashes.includes(hash) ?? false;
  if (isRecorded && known?.hashes.length === 1 && !input.readAll) return { action: "unchanged", kind, path };

  const current = input.disk.read(path);
  if (contentHash(current) === hash) return { action: "unchanged", kind, path };
  const isStale = kind === "derived" && hasConflictMarkers(current);
  const origin = { recorded: known?.hashes ?? [], now: content, before: () => before(path) };
  if (isStale || !isEdited(current, origin)) return { action: "change", kind, path, content, current };
  if (kind === "stub") return { action: "kept", kind, path };
  if (isRecorded) return { action: "edited", kind, path, content, current };
  if (kind === "runtime") return { action: "kept", kind, path, content, current };
  return { action: "conflict", kind, path, content, current };
}

/** A shared file is edited with LF line ends and keeps those that it has. */
function planEdit(file: RenderedFile & { readonly kind: "shared" }, current: string): PlanEntry {
  const { kind, path } = file;
  const lines = withLf(current);
  const edited = file.edit(lines);
  if (edited === lines) return { action: "unchanged", kind, path };
  const content = lines === current ? edited : withLf(edited).replaceAll("\n", "\r\n");
  return { action: "change", kind, path, content, current };
}

function created({ kind, path }: At, content: string): PlanEntry {
  return { action: "create", kind, path, content };
}

function planRemoval(
  path: string,
  { kind, hashes }: RecordEntry,
  disk: DiskView,
  before: Before,
): PlanEntry | undefined {
  if (disk.look(path).is !== "file") return undefined;
  if (!isHashed(kind)) return { action: "orphan", kind, path };
  const current = disk.read(path);
  const isStale = kind === "derived" && hasConflictMarkers(current);
  const isOurs = isStale || !isEdited(current, { recorded: hashes, before: () => before(path) });
  return isOurs ? { action: "delete", kind, path, current } : { action: "orphan", kind, path };
}

/** What the record says of a file after its entry has been carried out. */
function recorded(entry: PlanEntry, file: RenderedFile, known: RecordEntry | undefined): RecordEntry | undefined {
  if (entry.action === "conflict" || (entry.action === "kept" && entry.kind === "runtime")) return known;
  if (entry.action === "kept" && entry.kind === "stub") return known ?? { kind: "stub", hashes: [] };
  return recordOf(file.kind, "content" in file ? file.content : "");
}

/** The record's entry for a content that has been written. */
export function recordOf(kind: FileKind, content: string): RecordEntry {
  return { kind, hashes: isHashed(kind) ? [contentHash(content)] : [] };
}

type Before = (path: string) => string | undefined;

function earlier(render: PlanInput["before"]): Before {
  let contents: Map<string, string> | undefined;
  return (path) => {
    contents ??= new Map(render?.().flatMap((file) => ("content" in file ? [[file.path, file.content]] : [])));
    return contents.get(path);
  };
}

function isFile(disk: DiskView, path: string): boolean {
  const found = disk.look(path);
  if (found.is === "outside") {
    throw new EdaError(`${found.at} is a symbolic link that leads out of the repository or to nothing`, {
      hint: `${path} would be written through it: replace the link by a folder or file of its own, and run this again`,
    });
  }
  const what =
    found.is === "folder"
      ? `${path} is a folder`
      : found.is === "blocked" && `${found.at} is not a ${found.at === path ? "file" : "folder"}`;
  if (what) throw new EdaError(`${what}, so ${path} cannot be written`, { hint: "move it away and run this again" });
  return found.is === "file";
}

/** Two files at one path, also where only case tells them apart, are a mistake in rendering: some systems keep one. */
function refuseCollisions(files: readonly RenderedFile[]): void {
  const paths = new Map<string, string>();
  for (const { path } of files) {
    if (!isWritable(path)) throw new Error(`rendered to a path that is not ours to write: ${JSON.stringify(path)}`);
    const other = paths.get(path.toLowerCase());
    if (other !== undefined) throw new Error(`rendered twice: ${other} and ${path}`);
    paths.set(path.toLowerCase(), path);
  }
  for (const [lower, path] of paths) {
    for (let end = lower.lastIndexOf("/"); end > 0; end = lower.lastIndexOf("/", end - 1)) {
      const folder = paths.get(lower.slice(0, end));
      if (folder !== undefined) throw new Error(`rendered as a file and as a folder: ${folder} and ${path}`);
    }
  }
}
