import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { packageVersion } from "../_command/generator-spec.ts";
import { findRoot } from "../_render/root.ts";
import { packageRoot } from "../_render/templates.ts";

/** The generator that a repository has installed for itself, where it is of another version than this one. */
export function ownGenerator(cwd: string): { readonly bin: string; readonly version: string } | undefined {
  const root = findRoot(cwd);
  const folder = root === undefined ? undefined : join(root, "node_modules", "generator-eda");
  if (folder === undefined || !existsSync(join(folder, "package.json"))) return undefined;
  if (realpathSync(folder) === realpathSync(packageRoot())) return undefined;
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  if (version === packageVersion()) return undefined;
  return { bin: join(folder, "dist", "generators", "_cli", "bin.js"), version };
}

/** Runs the repository's own generator in place of this one. Gives back whether it did. */
export async function handOver(args: readonly string[], say: (line: string) => void): Promise<boolean> {
  const own = ownGenerator(process.cwd());
  if (!own || !existsSync(own.bin)) return false;
  say(`This repository has generator-eda ${own.version}; handing over to it.`);
  const child = spawn(process.execPath, [own.bin, ...args], { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  return true;
}
