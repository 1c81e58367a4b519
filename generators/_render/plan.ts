import { EdaError } from "../_system/errors.ts";
import { refuseCollisions } from "./collisions.ts";
import type { DiskView } from "./disk.ts";
import type { FileKind, RenderedFile } from "./file.ts";
import { contentHash, hasConflictMarkers, isEdited, withLf } from "./provenance.ts";
import { type FileRecord, isHashed, type RecordEntry } from "./record.ts";

type WithContent = Exclude<RenderedFile, { kind: "shared" }>;

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
  /** Edited by hand, while what is rendered has not changed since: left alone. Seen only where all is read. */
  | (At & Text & Was & { readonly action: "edited"; readonly kind: "derived" })
  /** A runtime file that a person changed, of which (but where all is read) there is a newer one to show. */
  | (At & Text & Was & { readonly action: "kept"; readonly kind: "runtime" })
  /** Started by an earlier run, or found there: the user's, on disk or deleted. */
  | (At & { readonly action: "kept"; readonly kind: "started" })
  /** A stub that a person has edited, or deleted: then there is no `current`. */
  | (At & { readonly action: "kept"; readonly kind: "stub"; readonly current?: string })
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
    const { entry, next } = planFile(file, input.record.get(file.path), input, before);
    rendered.add(file.path);
    entries.push(entry);
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

/** An entry, and what the record says of its file afterwards. */
interface Planned {
  readonly entry: PlanEntry;
  readonly next: RecordEntry | undefined;
}

function planFile(file: RenderedFile, known: RecordEntry | undefined, input: PlanInput, before: Before): Planned {
  switch (file.kind) {
    case "shared":
      return { entry: planShared(file, known !== undefined, input.disk), next: { kind: "shared", hashes: [] } };
    case "started":
      return { entry: planStarted(file, known, input.disk), next: { kind: "started", hashes: [] } };
    default:
      return planHashed(file, known, input, before);
  }
}

function planStarted(file: WithContent, known: RecordEntry | undefined, disk: DiskView): PlanEntry {
  const { path, content } = file;
  if (known !== undefined || isFile(disk, path)) return { action: "kept", kind: "started", path };
  return { action: "create", kind: "started", path, content };
}

function planHashed(file: WithContent, known: RecordEntry | undefined, input: PlanInput, before: Before): Planned {
  const { kind, path, content } = file;
  const written = recordOf(kind, content);
  const plan = (entry: PlanEntry, next: RecordEntry | undefined): Planned => ({ entry, next });

  if (kind === "stub" && known !== undefined && input.disk.look(path).is === "nothing") {
    return plan({ action: "kept", kind, path }, known);
  }
  if (!isFile(input.disk, path)) return plan({ action: "create", kind, path, content }, written);

  const isRecorded = known?.hashes.includes(written.hashes[0]!) ?? false;
  if (isRecorded && known?.hashes.length === 1 && !input.readAll)
    return plan({ action: "unchanged", kind, path }, written);

  const current = input.disk.read(path);
  if (contentHash(current) === written.hashes[0]) return plan({ action: "unchanged", kind, path }, written);
  const isStale = kind === "derived" && hasConflictMarkers(current);
  const origin = { recorded: known?.hashes ?? [], now: content, before: () => before(path) };
  if (isStale || !isEdited(current, origin)) return plan({ action: "change", kind, path, content, current }, written);
  if (kind === "stub") return plan({ action: "kept", kind, path, current }, known ?? { kind, hashes: [] });
  if (kind === "runtime") return plan({ action: "kept", kind, path, content, current }, known);
  if (isRecorded) return plan({ action: "edited", kind: "derived", path, content, current }, written);
  return plan({ action: "conflict", kind, path, content, current }, known);
}

/** A shared file is edited with LF line ends and keeps those that it has. */
function planShared(file: RenderedFile & { readonly kind: "shared" }, isOurs: boolean, disk: DiskView): PlanEntry {
  const { kind, path } = file;
  if (!isFile(disk, path)) return { action: "create", kind, path, content: file.edit(undefined, isOurs) };
  const current = disk.read(path);
  const lines = withLf(current);
  const edited = file.edit(lines, isOurs);
  if (edited === lines) return { action: "unchanged", kind, path };
  const content = lines === current ? edited : withLf(edited).replaceAll("\n", "\r\n");
  return { action: "change", kind, path, content, current };
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

/** Whether there is a file. Throws an `EdaError` where something else is in its way. */
export function isFile(disk: DiskView, path: string): boolean {
  const found = disk.look(path);
  if (found.is === "outside") {
    throw new EdaError(`${found.at} is a symbolic link that leads out of the repository or to nothing`, {
      hint: `${path} would be written through it: replace the link by a folder or file of its own, and run this again`,
    });
  }
  const obstacle =
    found.is === "folder"
      ? `${path} is a folder, but a file is to be written there`
      : found.is === "blocked" &&
        (found.at === path
          ? `${path} is not a regular file`
          : `${found.at} is not a folder, but ${path} belongs in it`);
  if (obstacle) throw new EdaError(obstacle, { hint: "move it away and run this again" });
  return found.is === "file";
}
