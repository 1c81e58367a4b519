import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

/** A process at a pseudo-terminal: what it prints can be waited for, and keys can be pressed. */
export interface Terminal {
  /** Waits until the pattern is in what was printed since the last call; the process' end without it is an error. */
  says(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  /** Waits for its end. */
  ended(): Promise<{ readonly code: number; readonly screen: string; readonly raw: string }>;
}

export const keys = { enter: "\r", ctrlC: "\u0003", down: "\u001b[B" } as const;

/** Python's standard library has pseudo-terminals, on every Unix; `script` of util-linux does as well. */
const python = [
  "import os, pty, sys",
  "status = pty.spawn(sys.argv[1:])",
  "sys.exit(os.waitstatus_to_exitcode(status) % 256)",
].join("\n");

const has = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

/** Whether this machine can open a pseudo-terminal: a test that needs one is else reported as skipped. */
export const hasPseudoTerminal =
  process.platform !== "win32" && (has("python3", "-c", "import pty") || has("script", "-V"));

const open = new Set<ChildProcess>();

/** Ends what a failed test has left waiting at its terminal; to be called after each. */
export function closeTerminals(): void {
  for (const child of open) child.kill("SIGKILL");
}

export function atTerminal(
  command: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string | undefined>> },
): Terminal {
  const words = has("python3", "-c", "import pty")
    ? ["python3", "-c", python, ...command]
    : ["script", "-qec", command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" "), "/dev/null"];
  const child = spawn(words[0]!, words.slice(1), {
    cwd,
    // A person's terminal: Node shows no colours where CI is set, and these tests run there too.
    env: { ...process.env, CI: undefined, NO_COLOR: undefined, COLUMNS: "120", LINES: "40", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  open.add(child);
  child.once("close", () => open.delete(child));
  child.stdin.on("error", () => {});
  const closed = once(child, "close") as Promise<[number]>;
  let raw = "";
  let seen = 0;
  let look = () => {};
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    raw += chunk;
    look();
  });
  return {
    says: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          const screen = stripVTControlCharacters(raw.slice(seen));
          if (!pattern.test(screen)) return;
          look = () => {};
          seen = raw.length;
          resolve();
        };
        closed.then(() =>
          reject(new Error(`it ended without saying ${pattern}:\n${stripVTControlCharacters(raw.slice(seen))}`)),
        );
        look();
      }),
    type: (text) => child.stdin.write(text),
    async ended() {
      const [code] = await closed;
      return { code, raw, screen: stripVTControlCharacters(raw) };
    },
  };
}
