import { readFileSync, statSync } from "node:fs";
import path from "node:path";

/** A numeric user that a process is spawned as. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that PostgreSQL runs as, or none to run it as whoever runs this: PostgreSQL refuses to run as root, so root
 * hands it to the owner of existing data, else to the user behind `sudo`, else to `postgres` or `nobody`.
 *
 * @throws when root finds no such user on this machine
 */
export function serverUser(dataDir: string): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = readFileSync("/etc/passwd", "utf8").split("\n").map(passwdEntry);
  const sudo = Number(process.env.SUDO_UID ?? 0);
  const found =
    users.find((user) => user.uid === sudo && sudo > 0) ??
    users.find((user) => user.name === "postgres") ??
    users.find((user) => user.name === "nobody");
  if (!found) {
    throw new Error("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`: run this as a user");
  }
  return { uid: found.uid, gid: found.gid };
}

function passwdEntry(line: string): ServerUser & { readonly name: string } {
  const [name = "", , uid, gid] = line.split(":");
  return { name, uid: Number(uid), gid: Number(gid) };
}

/**
 * The first folder on the way to `target`, itself included, that the user may not pass through. Folders that do not
 * exist yet are taken to be made passable.
 */
export function untraversable(target: string, user: ServerUser | undefined): string | undefined {
  if (!user) return undefined;
  return [...ancestors(path.resolve(target))].find((folder) => !maySearch(folder, user));
}

function* ancestors(target: string): Generator<string> {
  const parent = path.dirname(target);
  if (parent !== target) yield* ancestors(parent);
  yield target;
}

/** Judged by mode bits, as the kernel does where no access control list says otherwise. */
function maySearch(folder: string, { uid, gid }: ServerUser): boolean {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) return true;
  const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0;
  return ((stat.mode >> shift) & 0o1) === 0o1;
}
