import { spawn } from "node:child_process";

export interface Command {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One run of a whole process, children that it waited for included. */
export interface Timing {
  readonly wallMs: number;
  /** User and system time. */
  readonly cpuMs: number;
}

/** Runs a command to its end. What it prints is read and dropped. Throws where it fails, with the end of its errors. */
export async function timed(command: Command): Promise<Timing> {
  // The shell's own `times` is the one measure of a child's processor time that needs nothing installed.
  const script = '"$@"; status=$?; times >&3; exit $status';
  const began = performance.now();
  const printed = await run({ ...command, argv: ["sh", "-c", script, "sh", ...command.argv] });
  return { wallMs: performance.now() - began, cpuMs: childrensTime(printed) };
}

/** Peak of the resident memory of a Node process, in MiB; its children do not count. */
export async function peakMemory(command: Command): Promise<number> {
  const tell = "process.on('exit',()=>require('node:fs').writeSync(3,String(process.resourceUsage().maxRSS)))";
  const [node, ...args] = command.argv;
  const hook = `data:text/javascript,${encodeURIComponent(`import{createRequire}from'node:module';const require=createRequire('/');${tell}`)}`;
  return Number(await run({ ...command, argv: [node, "--import", hook, ...args] })) / 1024;
}

/** Gives what the command wrote to its descriptor 3. */
async function run({ argv, cwd, env }: Command): Promise<string> {
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const texts = ["", "", "", ""];
  for (const at of [1, 2, 3]) {
    child.stdio[at]?.on("data", (chunk: Buffer) => {
      texts[at] = (texts[at] + chunk.toString()).slice(-2_000);
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status === 0) return texts[3]!;
  throw new Error(`${argv.join(" ")} ended with ${status}:\n${texts[1]}${texts[2]}`);
}

/** The second line of `times` is that of the children: `0m0.480000s 0m0.060000s`. */
function childrensTime(times: string): number {
  const line = times.trim().split("\n")[1] ?? "";
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`no times of children in ${JSON.stringify(times)}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000, 0);
}
