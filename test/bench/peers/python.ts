import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../checkout.ts";
import { say } from "../progress.ts";

const pinned = ["cookiecutter==2.7.1", "copier==9.19.1"] as const;

export interface PythonPeers {
  /** `Cookiecutter 2.7.1`. */
  readonly names: Readonly<Record<"cookiecutter" | "copier", string>>;
  readonly cookiecutter: string;
  readonly copier: string;
}

/**
 * Cookiecutter and Copier from PyPI in a virtual environment below `.tmp/`, which git ignores and the next run finds
 * again. Gives the reason where they cannot be had.
 *
 * @param install Whether they may be installed now, which takes a minute.
 */
export function pythonPeers(install: boolean): PythonPeers | { readonly missing: string } {
  const folder = checkout(".tmp/bench-python");
  const complete = join(folder, pinned.join(" "));
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  if (!existsSync(complete)) {
    if (!install) return { missing: "they are not installed yet, and a quick run installs nothing" };
    if (spawnSync("python3", ["--version"]).status !== 0) return { missing: "there is no python3 on this machine" };
    say(`  installing ${pinned.join(" and ")}`);
    rmSync(folder, { recursive: true, force: true });
    try {
      execFileSync("python3", ["-m", "venv", folder], { stdio: "pipe" });
      execFileSync(join(bin, "python"), ["-m", "pip", "install", "--quiet", ...pinned], { stdio: "pipe" });
    } catch (error) {
      return { missing: `they could not be installed: ${(error as Error).message.split("\n")[0]}` };
    }
    writeFileSync(complete, "");
  }
  return {
    names: { cookiecutter: titled(pinned[0]), copier: titled(pinned[1]) },
    cookiecutter: join(bin, "cookiecutter"),
    copier: join(bin, "copier"),
  };
}

function titled(pin: string): string {
  return pin[0]!.toUpperCase() + pin.slice(1).replace("==", " ");
}
