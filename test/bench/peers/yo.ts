import { chmodSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../checkout.ts";
import type { Command } from "../timed-command.ts";

/**
 * `yo eda` in a folder of its own, where it finds this generator as if it were installed there. To root's privileges
 * `yo` says no and goes on as another user, who must be able to write to its home and target.
 */
export function yoCommand(folder: string): Command | { readonly missing: string } {
  const bin = checkout("node_modules/yo/lib/cli.js");
  if (!existsSync(bin)) return { missing: "yo is not installed" };
  const [cwd, home] = [join(folder, "yo"), join(folder, "yo-home")];
  for (const each of [cwd, home]) {
    mkdirSync(each);
    chmodSync(each, 0o777);
  }
  mkdirSync(join(cwd, "node_modules"));
  symlinkSync(checkout(), join(cwd, "node_modules", "generator-eda"), "junction");
  return { argv: [process.execPath, bin, "eda"], cwd, env: { HOME: home } };
}
