import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = join(import.meta.dirname, "..", "..");

/** What a test file said: the first test of it that failed. */
export type Verdict =
  | { readonly is: "green" }
  | { readonly is: "red"; readonly by: string; readonly why: string }
  /** It did not come so far as to run a test. */
  | { readonly is: "broken"; readonly output: string };

/** A copy of this project, for faults that nobody else shall meet. */
export interface Workshop {
  read(path: string): string;
  write(path: string, text: string): void;
  /** Runs one test file up to its first failure. */
  test(file: string): Promise<Verdict>;
  close(): void;
}

const LIMIT_MS = 180_000;

/** @param serverUrl a PostgreSQL server for its tests, so that not each of them starts its own */
export function openWorkshop(serverUrl: string): Workshop {
  const root = fs.mkdtempSync(join(tmpdir(), "eda-mutants-"));
  for (const path of ["templates", "generators", "test", "package.json", "tsconfig.json"]) {
    fs.cpSync(join(project, path), join(root, path), { recursive: true });
  }
  fs.symlinkSync(join(project, "node_modules"), join(root, "node_modules"), "junction");
  let child: ChildProcess | undefined;

  return {
    read: (path) => fs.readFileSync(join(root, path), "utf8"),
    write: (path, text) => fs.writeFileSync(join(root, path), text),

    async test(file) {
      const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
      const words = ["--extension", "ts", "--timeout", "20000", "--reporter", "tap", "--bail", "--exit", file];
      child = spawn(process.execPath, [mocha, ...words], {
        cwd: root,
        env: { ...process.env, EDA_TEST_POSTGRES_URL: serverUrl },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: LIMIT_MS,
        killSignal: "SIGKILL",
      });
      let [output, complaints] = ["", ""];
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        complaints += text;
      });
      await new Promise((resolve) => child?.once("close", resolve));
      return verdictOf(output) ?? { is: "broken", output: output + complaints };
    },

    close() {
      child?.kill("SIGKILL");
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
}

/** TAP: a line for each test, under a failed one why, and the sums at the end. Tests may print in between. */
function verdictOf(output: string): Verdict | undefined {
  const [, by, why = ""] = /^not ok \d+ (.*)\n {2}(.*)$/m.exec(output) ?? [];
  if (by !== undefined) return { is: "red", by, why };
  return /^# pass [1-9]\d*$/m.test(output) && /^# fail 0$/m.test(output) ? { is: "green" } : undefined;
}
