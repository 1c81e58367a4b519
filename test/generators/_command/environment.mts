import { createEnv } from "yeoman-environment";
import Generator from "yeoman-generator";
import { TestAdapter } from "yeoman-test";

/** What a test wants to be run in one Yeoman environment, in a process of its own: this file's one argument, as JSON. */
export interface Wanted {
  readonly run: readonly (readonly [namespace: string, args: readonly string[], options: Record<string, unknown>])[];
  /** Answers of whoever sits at the terminal, by the question's name; without them there is no terminal. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

const { run, answers } = JSON.parse(process.argv[2]!) as Wanted;
if (answers) {
  for (const stream of [process.stdin, process.stdout]) Object.defineProperty(stream, "isTTY", { value: true });
}
const adapter = new TestAdapter({ mockedAnswers: { ...answers } });
const env = createEnv({ cwd: process.cwd(), adapter } as never);
for (const name of ["app", "service", "saga", "outbox", "outbox-migration"]) {
  const path = new URL(`../../../generators/${name}/index.ts`, import.meta.url).pathname;
  env.register(path, { namespace: `eda:${name}` });
}

/** Somebody else's generator, with a file of its own. */
class Foreign extends Generator {
  async composing(): Promise<void> {
    const options = { defaults: true };
    await this.composeWith("eda:service", {
      generatorArgs: ["rooms"],
      generatorOptions: { ...options, events: "RoomBooked" },
    } as never);
    await this.composeWith("eda:service", {
      generatorArgs: ["keys"],
      generatorOptions: { ...options, commands: ["CutKey"] },
    } as never);
    await this.composeWith("eda:outbox", { generatorArgs: ["keys"], generatorOptions: options } as never);
    await this.composeWith("eda:service", {
      generatorArgs: ["doors"],
      generatorOptions: { ...options, key: "roomId", commands: "OpenDoor", events: "DoorOpened" },
    } as never);
    await this.composeWith("eda:saga", {
      generatorArgs: ["arrival"],
      generatorOptions: { ...options, trigger: "rooms.RoomBooked", steps: "doors.OpenDoor:pivot" },
    } as never);
  }
  writing(): void {
    this.fs.write(this.destinationPath("theirs.txt"), "written by Yeoman\n");
  }
}
env.register(Foreign as never, { namespace: "foreign:app", resolved: import.meta.filename });

try {
  for (const [namespace, args, options] of run) await env.run([namespace, ...args], options as never);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
for (const { question, answer } of adapter.calls) console.log(`? ${String(question.message)} ${String(answer)}`);
