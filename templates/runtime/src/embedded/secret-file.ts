import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * The secret in `file`, made up when there is none yet. Readable by its owner alone.
 *
 * @throws with a plain line when the file is another user's
 */
export function secretIn(file: string): string {
  return writtenOnce(file, () => randomBytes(24).toString("base64url"));
}

/**
 * What `file` says; when it is not there, or empty, what `make` gives is written first. Two processes that come at
 * once get the same: a link either makes the name, with the whole content behind it, or finds it taken.
 */
export function writtenOnce(file: string, make: () => string): string {
  try {
    const existing = read(file);
    if (existing) return existing;
    mkdirSync(path.dirname(file), { recursive: true });
    const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
    writeFileSync(draft, `${make()}\n`, { mode: 0o600, flag: "wx" });
    try {
      linkSync(draft, file);
    } catch {
      // Taken, and by something; or there are no hard links here (exFAT), and a rename is the next best.
      if (!read(file)) renameSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
    return read(file) ?? "";
  } catch (error) {
    throw new Error(`${file} cannot be used (${(error as Error).message}): run as the user who made it, or remove it`);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
