import { CommanderError, Command as Program } from "commander";
import { packageVersion } from "../_command/generator-spec.ts";
import { handOver, ownGenerator } from "../_command/hand-over.ts";
import { outputTo } from "../_command/output.ts";
import { printError } from "../_command/print-error.ts";
import { EdaError, UnreadableManifestError } from "../_system/errors.ts";
import { addCommands } from "./add.ts";
import { explainCommand } from "./explain.ts";
import { operateCommands } from "./operate.ts";
import { phaseCommand } from "./phase.ts";
import { phasesCommand } from "./phases.ts";
import { publishCommand } from "./publish.ts";
import { syncCommand } from "./sync.ts";
import { UsageError } from "./usage.ts";
import { validateCommand } from "./validate.ts";

/** The `eda` bin. Exit codes: 0 done, 1 refused or findings, 2 usage or unreadable. */
export async function main(argv: readonly string[]): Promise<void> {
  const errors = outputTo(process.stderr);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", passOverClosedPipe);
  try {
    const own = ownGenerator(process.cwd());
    if (own) {
      process.exitCode = await handOver(own, argv.slice(2), process.cwd(), errors.line);
      return;
    }
    await program().parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    // Ctrl-C at a prompt is an answer, not a fault.
    if (error instanceof Error && error.name === "ExitPromptError") {
      errors.line("Stopped; nothing was written.");
      process.exitCode = 130;
      return;
    }
    printError(error, errors);
    const isUsage = error instanceof UsageError || error instanceof UnreadableManifestError;
    process.exitCode = error instanceof EdaError && !isUsage ? 1 : 2;
  }
}

/** A reader that has seen enough (`| head`) stops nothing: what was begun is ended. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function program(): Program {
  const eda = new Program("eda")
    .description("Makes and grows event-driven microservice repositories")
    .version(packageVersion())
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false });
  for (const command of [
    ...addCommands(),
    validateCommand(),
    syncCommand(),
    phasesCommand(),
    phaseCommand(),
    publishCommand(),
    explainCommand(),
    ...operateCommands(),
  ]) {
    eda.addCommand(command.exitOverride().showSuggestionAfterError());
  }
  return eda;
}
