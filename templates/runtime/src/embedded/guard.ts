import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Stops what this process has started when this process dies without doing so itself, by `kill -9` too: a process
 * beside it, in a session of its own, that reads a pipe which only this process holds open.
 */
export interface Guard {
  /** Sends `signal` to process `pid` when this process dies. */
  watch(pid: number, signal: NodeJS.Signals): void;
  /** Call it when the process has ended: its number may be another's soon. */
  forget(pid: number): void;
  /** Removes the folder when this process dies, after the processes have ended. */
  remove(folder: string): void;
  /** Ends the guard; it does nothing. */
  dismiss(): void;
  readonly pid: number | undefined;
}

export type GuardOrder =
  | { readonly do: "watch"; readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly do: "forget"; readonly pid: number }
  | { readonly do: "remove"; readonly folder: string }
  | { readonly do: "dismiss" };

export function startGuard(): Guard {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(new URL("./guard-process.ts", import.meta.url))], {
    stdio: ["pipe", "ignore", "ignore"],
    // A Ctrl-C reaches the whole group of processes in a terminal; the guard must outlive it.
    detached: true,
    windowsHide: true,
  });
  child.on("error", () => undefined);
  child.stdin?.on("error", () => undefined);
  child.unref();
  // A socket, which the type of a child's input does not say.
  (child.stdin as unknown as { unref(): void } | null)?.unref();
  const order = (line: GuardOrder) => child.stdin?.write(`${JSON.stringify(line)}\n`);
  return {
    watch: (pid, signal) => order({ do: "watch", pid, signal }),
    forget: (pid) => order({ do: "forget", pid }),
    remove: (folder) => order({ do: "remove", folder }),
    dismiss: () => {
      order({ do: "dismiss" });
      child.stdin?.end();
    },
    pid: child.pid,
  };
}
