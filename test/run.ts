import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { join } from "node:path";

/**
 * `npm test`, after build, check and lint: mocha over every test, in two lanes side by side. Ends with a line that
 * sums both.
 */
const root = join(import.meta.dirname, "..");
const runtime = globSync("test/templates/**/*.test.ts", { cwd: root });
const others = globSync("test/**/*.test.ts", { cwd: root }).filter((file) => !runtime.includes(file));

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const counts = await Promise.all([runtime, others].map((files) => mocha(files.sort())));
const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
const skipped = sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : "";
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed${skipped}`);
process.exitCode = sum("failed") > 0 ? 1 : 0;

/** Mocha's output goes on as it comes; its closing lines are the count. A mocha that dies counts as a failure. */
async function mocha(files: readonly string[]): Promise<Count> {
  const bin = join(root, "node_modules", "mocha", "bin", "mocha.js");
  const child = spawn(process.execPath, [bin, ...files], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    process.stdout.write(chunk);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const count = (word: string) => Number(new RegExp(`^ +(\\d+) ${word}`, "m").exec(text)?.[1] ?? 0);
  const failed = count("failing");
  return { passed: count("passing"), failed: failed === 0 && code !== 0 ? 1 : failed, skipped: count("pending") };
}
