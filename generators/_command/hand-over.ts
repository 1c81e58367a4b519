import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { findRoot } from "../_render/root.ts";
import { packageRoot } from "../_render/templates.ts";
import { packageVersion } from "./generator-spec.ts";

/** A generator that a repository has installed for itself. */
export interface OwnGenerator {
  readonly bin: string;
  readonly version: string;
}

/**
 * The generator of the repository that a folder belongs to, where it is of another version than this one: what it
 * renders is what that repository was made for.
 */
export function ownGenerator(cwd: string): OwnGenerator | undefined {
  const root = findRoot(cwd);
  const folder = root === undefined ? undefined : join(root, "node_modules", "generator-eda");
  if (folder === undefined || !existsSync(join(folder, "package.json"))) return undefined;
  if (realpathSync(folder) === realpathSync(packageRoot())) return undefined;
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const bin = join(folder, "dist", "generators", "_cli", "bin.js");
  return version !== packageVersion() && existsSync(bin) ? { bin, version } : undefined;
}

/** Runs a repository's own generator in place of this one, and gives back its exit code. */
export async function handOver(
  { bin, version }: OwnGenerator,
  args: readonly string[],
  cwd: string,
  say: (line: string) => void,
): Promise<number> {
  say(`This repository has generator-eda ${version}; handing over to it.`);
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
