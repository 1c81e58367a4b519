import { spawn } from "node:child_process";
import { relative } from "node:path";
import { EdaError } from "../_system/errors.ts";
import type { Committed } from "./commit.ts";
import type { Output } from "./output.ts";

/** After the write: dependencies of a new repository, and what to type next. */
export async function afterwards(
  { root, isNew, next }: Committed,
  output: Output,
  skipInstall: boolean,
): Promise<void> {
  if (isNew && !skipInstall) {
    output.line("\nInstalling dependencies (npm install) …");
    await npmInstall(root);
  }
  const folder = relative(process.cwd(), root);
  const steps = isNew && skipInstall ? ["npm install", ...next] : next;
  const lines = isNew && folder !== "" ? [`cd ${folder}`, ...steps] : steps;
  if (lines.length === 0) return;
  output.line(`\n${output.strong("Next:")}`);
  for (const line of lines.slice(0, 3)) output.line(`  ${line}`);
}

async function npmInstall(root: string): Promise<void> {
  const child = spawn("npm", ["install", "--no-fund", "--no-audit"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new EdaError("The repository is there, but npm install failed in it", {
      hint: `Run \`npm install\` in ${root} once more, and see what npm says`,
    });
  }
}
