import { spawn } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { CommandName } from "../../generators/_command/command.ts";
import type { Output } from "../../generators/_command/output.ts";
import { openSession } from "../../generators/_command/session.ts";

const bin = fileURLToPath(new URL("../../generators/_cli/bin.ts", import.meta.url));

/** What a process said and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Where it runs, from the sandbox's folder. */
  readonly cwd?: string;
  /** What it reads; nothing unless said. Never a terminal. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A temporary folder to run the `eda` bin in. Its parent folders hold neither an `eda.yaml` nor a `.yo-rc.json`. */
export interface Sandbox {
  readonly root: string;
  path(below: string): string;
  /** Runs `eda` from its sources. */
  eda(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** A repository to start from, made in this process: defaults, nothing installed, nothing packed. */
  shop(said?: Readonly<Record<string, string>>): Promise<void>;
  /** `eda add` under `--defaults` in this process, in `shop` unless said otherwise. */
  add(command: CommandName, said: Readonly<Record<string, string>>, cwd?: string): Promise<readonly string[]>;
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  read(below: string): string;
  write(below: string, text: string): void;
}

/** Calls with a sandbox, which is gone afterwards. */
export async function inSandbox<T>(use: (sandbox: Sandbox) => T | Promise<T>): Promise<T> {
  const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "eda-sandbox-")));
  try {
    return await use(sandboxAt(root));
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** What keeps a run short where installing is not its subject. */
export const uninstalled = ["--skip-install", "--generator", "0.1.0"] as const;

function sandboxAt(root: string): Sandbox {
  const path = (below: string) => resolve(root, below);
  const run = (command: string, args: readonly string[], options: RunOptions = {}) =>
    runProcess(command, args, { ...options, cwd: path(options.cwd ?? ".") });
  const eda = (args: readonly string[], options?: RunOptions) => run(process.execPath, [bin, ...args], options);
  return {
    root,
    path,
    run,
    eda,
    async shop(said = {}) {
      await runInProcess(root, "app", { name: "shop", generator: "0.1.0", ...said });
    },
    add: (command, said, cwd = "shop") => runInProcess(path(cwd), command, said),
    read: (below) => fs.readFileSync(path(below), "utf8"),
    write(below, content) {
      fs.mkdirSync(dirname(path(below)), { recursive: true });
      fs.writeFileSync(path(below), content);
    },
  };
}

/** A run under `--defaults` without a process of its own. Gives back what it printed. */
async function runInProcess(
  cwd: string,
  command: CommandName,
  said: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const lines: string[] = [];
  const session = openSession({ cwd, output: outputInto(lines), defaults: true, force: false, dryRun: false });
  await session.add({ command, said });
  await session.commit();
  return lines;
}

/** An output without colours that keeps its lines. */
export function outputInto(lines: string[]): Output {
  const plain = (text: string) => text;
  return { line: (text = "") => lines.push(text), good: plain, bad: plain, faint: plain, strong: plain };
}

/** Runs a process to its end; its input is a pipe, so that it has no terminal. */
export async function runProcess(
  command: string,
  args: readonly string[],
  { cwd, stdin = "", env = {} }: RunOptions & { readonly cwd: string },
): Promise<Ran> {
  const child = spawn(command, [...args], { cwd, env: { ...process.env, ...env }, stdio: "pipe" });
  // A process that ends without reading its input closes it: that is its right.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  const ended = new Promise<number | null>((done, failed) => child.once("error", failed).once("close", done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** Every file below a folder with its content; the lock is empty and comes and goes. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  if (!fs.existsSync(folder)) return {};
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== "lock")
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((file) => {
      const content = fs.lstatSync(file).isSymbolicLink()
        ? `-> ${fs.readlinkSync(file)}`
        : fs.readFileSync(file, "utf8");
      return [file.slice(folder.length + 1), content];
    }),
  );
}
