import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command as Program } from "commander";
import { existingRoot } from "../_command/opened.ts";
import { EdaError } from "../_system/errors.ts";

const verbs: readonly (readonly [name: string, description: string])[] = [
  ["dead-letters", "Messages that could not be handled: list, show, replay, discard"],
  ["outbox", "What waits in a service's outbox: status, unpark"],
  ["trace", "What happened under a correlation id or a saga's, across services"],
  ["sagas", "Sagas under way and stuck: look, retry, skip, complete, fail"],
];

/** The operators' verbs need no generator: they are the runtime's own, and are only handed on from here. */
export function operateCommands(): readonly Program[] {
  return verbs.map(([name, description]) =>
    new Program(name)
      .description(description)
      .argument("[words...]", "see --help")
      .allowUnknownOption()
      .helpOption(false)
      .action((_words: readonly string[], _flags: object, program: Program) => handOn([name, ...program.args])),
  );
}

async function handOn(args: readonly string[]): Promise<void> {
  const root = existingRoot(process.cwd());
  const bin = join(root, "packages", "runtime", "src", "operate", "main.ts");
  if (!existsSync(bin)) {
    throw new EdaError("This repository has no packages/runtime, which holds the operators' verbs", {
      hint: "Run `eda sync`",
    });
  }
  const child = spawn(process.execPath, [bin, ...args], { stdio: "inherit" });
  process.exitCode = await new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}
