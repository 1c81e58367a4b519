import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "../checkout.ts";
import { say } from "../progress.ts";

const pinned = ["pg-boss@12.38.0", "graphile-worker@0.18.0", "@dbos-inc/dbos-sdk@5.3.0"] as const;
const folder = checkout(".tmp/bench-npm");

/**
 * Sees to it that the peers from npm are in a folder of their own below `.tmp/`, which git ignores and the next run finds
 * again: nothing of this project depends on them. Gives the reason where they cannot be had.
 *
 * @param install Whether they may be installed now.
 */
export function npmPeers(install: boolean): { readonly missing?: string } {
  const complete = join(folder, pinned.join(" ").replaceAll("/", " "));
  if (existsSync(complete)) return {};
  if (!install) return { missing: "they are not installed yet, and a quick run installs nothing" };
  say(`  installing ${pinned.join(" and ")}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  try {
    execFileSync("npm", ["install", "--save-exact", "--no-fund", "--no-audit", ...pinned], {
      cwd: folder,
      stdio: "pipe",
      shell: process.platform === "win32",
    });
  } catch (error) {
    return { missing: `they could not be installed: ${(error as Error).message.split("\n")[0]}` };
  }
  writeFileSync(complete, "");
  return {};
}

/** One of the peers. */
export async function load<T>(name: string): Promise<T> {
  const { resolve } = createRequire(join(folder, "package.json"));
  return import(pathToFileURL(resolve(name)).href) as Promise<T>;
}
