import fs from "node:fs";
import { dirname, join } from "node:path";
import { EdaError } from "../_system/errors.ts";
import { diskError } from "./disk-error.ts";
import { type Plan, type PlanEntry, recordOf } from "./plan.ts";
import { type FileRecord, parseRecord, printRecord, recordPath } from "./record.ts";
import { openStaging } from "./staging.ts";

/** The manifest on disk is no longer the one that was edited: read it again under the lock, and edit that. */
export class ManifestChanged extends Error {
  override readonly name = "ManifestChanged";
}

/** A file that people write, and that everything else follows from: `eda.yaml`, a saga. */
export interface SourceWrite {
  readonly path: string;
  readonly text: string;
  /** The text that was edited; undefined where there was no such file yet. */
  readonly expected: string | undefined;
}

export interface ApplyOptions {
  readonly plan: Plan;
  readonly manifest?: SourceWrite;
  /**
   * Written before the manifest that names them. A run that is killed in between has changed nothing that another one
   * goes by, and is repeated; the other way round the manifest would name what nobody can write any more.
   */
  readonly sagas?: readonly SourceWrite[];
  /** Overwrite what a person changed in derived files: all of it, or the paths given, which may be of the runtime. */
  readonly force?: boolean | ReadonlySet<string>;
  /** Called after every step with how many of all are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Applied {
  /** Paths created, changed or overwritten, in the order of writing. */
  readonly written: readonly string[];
  readonly deleted: readonly string[];
  /** Those of `written` that held a person's changes. */
  readonly overwritten: readonly string[];
}

type Write = Extract<PlanEntry, { content: string }>;
type Deletion = Extract<PlanEntry, { action: "delete" }>;

/** Reads the record of a repository; an empty one where there is none. */
export function readRecord(root: string): FileRecord {
  return parseRecord(readText(root, recordPath) ?? "");
}

/**
 * Carries a plan out, under the lock: sagas and the manifest first, then files, deletions and the record. Each is
 * whole or not there, so whatever stops it (a kill, a full disk), the next run finds in the manifest what is missing.
 * Writes nothing where there is nothing to do.
 *
 * Throws `ManifestChanged` before anything is written, or an `EdaError` where the disk refuses.
 */
export function applyPlan(root: string, options: ApplyOptions): Applied {
  const { plan, manifest, sagas = [] } = options;
  if (manifest !== undefined && readText(root, manifest.path) !== manifest.expected) throw new ManifestChanged();
  for (const { path, text, expected } of sagas) refuseChanged(root, path, expected, text);

  const overwritten = plan.entries.filter((entry): entry is Write => isForced(entry, options.force));
  const writes = plan.entries.filter((entry): entry is Write => isWrite(entry) || isForced(entry, options.force));
  const deletions = plan.entries.filter((entry) => entry.action === "delete");
  const record = printRecord(withForced(plan.record, overwritten));

  const steps: Step[] = sagas.map(({ path, text }) => ({ verb: "write", path, text, flush: true }));
  if (manifest !== undefined && manifest.text !== manifest.expected) {
    steps.push({ verb: "write", path: manifest.path, text: manifest.text, flush: true });
  }
  for (const entry of writes) steps.push({ verb: "write", path: entry.path, text: entry.content, entry });
  for (const entry of deletions) steps.push({ verb: "delete", path: entry.path, entry });
  if (record !== (readText(root, recordPath) ?? "")) steps.push({ verb: "write", path: recordPath, text: record });
  carryOut(root, steps, options.onProgress);

  const paths = (entries: readonly PlanEntry[]) => entries.map((entry) => entry.path);
  return { written: paths(writes), deleted: paths(deletions), overwritten: paths(overwritten) };
}

type Step =
  | {
      readonly verb: "write";
      readonly path: string;
      readonly text: string;
      readonly flush?: true;
      readonly entry?: Write;
    }
  | { readonly verb: "delete"; readonly path: string; readonly entry: Deletion };

function carryOut(root: string, steps: readonly Step[], onProgress: ApplyOptions["onProgress"]): void {
  // What a killed run left behind goes all the same: it would be spoken of at every run.
  if (steps.length === 0 && !fs.existsSync(join(root, ".eda", "tmp"))) return;
  const stop = stopper();
  let path = ".eda/tmp";
  let verb = "write";
  try {
    const staging = openStaging(root, stop);
    try {
      for (const [index, step] of steps.entries()) {
        ({ path, verb } = step);
        if (step.entry !== undefined) refuseEntryChanged(root, step.entry);
        if (step.verb === "write") staging.replace(path, step.text, { flush: step.flush ?? false });
        else remove(root, path, stop);
        onProgress?.(index + 1, steps.length);
      }
    } finally {
      staging.close();
    }
  } catch (error) {
    throw diskError(error, verb, path);
  }
}

function isWrite(entry: PlanEntry): boolean {
  return entry.action === "create" || entry.action === "change";
}

function isForced(entry: PlanEntry, force: ApplyOptions["force"]): boolean {
  const isHandWork = entry.action === "conflict" || entry.action === "edited" || entry.action === "kept";
  if (!isHandWork || !("content" in entry) || force === undefined) return false;
  return typeof force === "boolean" ? force && entry.kind === "derived" : force.has(entry.path);
}

function withForced(record: FileRecord, forced: readonly Write[]): FileRecord {
  return new Map([...record, ...forced.map((entry) => [entry.path, recordOf(entry.kind, entry.content)] as const)]);
}

/**
 * The plan may be minutes old where a person was asked something: what they saved meanwhile is not overwritten. What
 * another run has brought about already is as good as planned.
 */
function refuseEntryChanged(root: string, entry: Write | Deletion): void {
  const expected = "current" in entry ? entry.current : undefined;
  const intended = "content" in entry ? entry.content : undefined;
  refuseChanged(root, entry.path, expected, intended);
}

function refuseChanged(root: string, path: string, expected: string | undefined, intended: string | undefined): void {
  const now = readText(root, path);
  if (now === expected || now === intended) return;
  throw new EdaError(`${path} was changed while this was running`, { hint: "run it again" });
}

/** Deletes a file, and the folders that it leaves empty. */
function remove(root: string, path: string, stop: () => void): void {
  stop();
  fs.rmSync(join(root, path), { force: true });
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    try {
      fs.rmdirSync(join(root, folder));
    } catch {
      return; // It is not empty, or a link: it stays.
    }
  }
}

function readText(root: string, path: string): string | undefined {
  try {
    return fs.readFileSync(join(root, path), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw diskError(error, "read", path);
  }
}

/** For tests: kills this process just before its n-th write takes effect. */
function stopper(): () => void {
  let left = Number(process.env.EDA_TEST_STOP_AT_WRITE ?? 0);
  return () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  };
}
