import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts a script of this folder in a process of its own. */
export function start(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const file = fileURLToPath(new URL(script, import.meta.url));
  return fork(file, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "pipe", "ipc"] });
}

export async function said(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
}

/** The exit code, or the signal that ended it. */
export async function ended(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal ?? code!;
}
