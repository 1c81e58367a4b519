import fs from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EdaError } from "../_system/errors.ts";
import { diskError } from "./disk-error.ts";
import { exclusiveTransaction } from "./exclusive-transaction.ts";
import { makeEdaFolder } from "./staging.ts";

export interface LockOptions {
  /** Called once, where another run holds the lock. */
  readonly onWait?: () => void;
  /** How long to wait for it, in milliseconds. */
  readonly patience?: number;
}

const path = ".eda/lock";

/**
 * Runs one writer at a time on a repository, across processes. Makes the root and `.eda` where they are not there, and
 * removes what it made, if nothing else came into it, when `run` throws. Not to be nested.
 *
 * The lock is the kernel's, on a file that stays empty: it ends with the process that holds it, however that ends.
 */
export async function withLock<T>(root: string, run: () => T | Promise<T>, options: LockOptions = {}): Promise<T> {
  const made: Made = { folders: [], file: false };
  let release: (() => void) | undefined;
  let isRefused = true;
  try {
    release = await acquire(root, made, options);
    const result = await run();
    isRefused = false;
    return result;
  } finally {
    // Only its holder may remove a lock's file: others would lock a new one beside him.
    const file = isRefused && release !== undefined && made.file ? join(root, path) : undefined;
    if (file !== undefined) attemptTo(() => fs.unlinkSync(file));
    release?.();
    // Windows cannot remove an open file, and for the same reason this does no harm to another holder there.
    if (file !== undefined && process.platform === "win32") attemptTo(() => fs.unlinkSync(file));
    if (isRefused) for (const folder of made.folders) attemptTo(() => fs.rmdirSync(folder));
  }
}

/** What a run had to make to lock: folders from the innermost outwards, and whether the file. */
interface Made {
  folders: readonly string[];
  file: boolean;
}

async function acquire(root: string, made: Made, { onWait, patience = 30_000 }: LockOptions): Promise<() => void> {
  const deadline = performance.now() + patience;
  for (let tries = 0; ; tries++) {
    const release = attempt(root, made);
    if (release !== undefined) return release;
    if (tries === 0) onWait?.();
    if (performance.now() >= deadline) {
      throw new EdaError(`another run has held ${path} for ${Math.round(patience / 1000)} seconds`, {
        hint: "let it end, or end it, and run this again",
      });
    }
    await pause(20);
  }
}

/** Takes the lock, or gives undefined where another run holds it. */
function attempt(root: string, made: Made): (() => void) | undefined {
  const file = join(root, path);
  makeFile(root, file, made);
  const before = inode(file);
  let release: (() => void) | undefined;
  try {
    release = exclusiveTransaction(file);
  } catch (error) {
    throw new EdaError(`cannot lock ${path}: ${(error as Error).message}`, {
      hint: "make .eda writable, or remove that file, and run this again",
      cause: error,
    });
  }
  // A refused run removes the file that it made: locked after that, it is nobody's lock.
  if (release === undefined || (before !== undefined && inode(file) === before)) return release;
  release();
  return undefined;
}

function makeFile(root: string, file: string, made: Made): void {
  try {
    const top = makeEdaFolder(root);
    if (top !== undefined) made.folders = foldersBetween(dirname(file), top);
    // Exclusively: to open and close a file that is locked by this process would give up its lock.
    fs.closeSync(fs.openSync(file, "wx"));
    made.file = true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !fs.existsSync(file))
      throw diskError(error, "write", path);
  }
}

function foldersBetween(innermost: string, top: string): readonly string[] {
  const folders = [innermost];
  for (let folder = innermost; folder !== top && folder !== dirname(folder); folders.push(folder)) {
    folder = dirname(folder);
  }
  return folders;
}

function inode(file: string): bigint | undefined {
  return fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

function attemptTo(action: () => void): void {
  try {
    action();
  } catch {
    // Something else came into the folder, or somebody else removed it: it is not ours to remove.
  }
}
