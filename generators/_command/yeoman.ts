import Generator from "yeoman-generator";
import { packageRoot } from "../_render/templates.ts";
import { EdaError } from "../_system/errors.ts";
import type { Asker } from "./ask.ts";
import type { Command, CommandName } from "./command.ts";
import type { Committed } from "./commit.ts";
import { afterwards } from "./finish.ts";
import { outputTo } from "./output.ts";
import { commandNamed } from "./registry.ts";
import { saidOf } from "./said.ts";
import { openSession, type Session } from "./session.ts";

/** One session for each environment: generators composed in it are one plan, one lock, one write. */
const sessions = new WeakMap<object, Session>();

/** The Yeoman generator made from a command's description. */
export function yeomanGenerator(name: CommandName): new (...args: never[]) => Generator {
  const command = commandNamed(name);
  return class extends Generator {
    #committed: Committed | undefined;

    constructor(args: string[], options: Record<string, unknown>, features?: object) {
      // Nothing goes through Yeoman's file system: the session writes, the manifest first.
      super(args, options as never, { ...features, customCommitTask: true } as never);
      this.description = command.summary;
      describe(this, command);
      this.sourceRoot(packageRoot("templates/"));
    }

    async prompting(): Promise<void> {
      await plainly(async () => {
        const said = saidOf(command, this.args, this.options as Record<string, unknown>);
        await this.#session().add({ command: name, said });
      });
    }

    async writing(): Promise<void> {
      await plainly(async () => {
        this.#committed = await this.#session().commit();
      });
    }

    async end(): Promise<void> {
      if (!this.#committed) return;
      const { skipInstall } = this.options as { skipInstall?: boolean };
      await plainly(async () => afterwards(this.#committed!, outputTo(process.stdout), skipInstall === true));
    }

    #session(): Session {
      const found = sessions.get(this.env);
      if (found) return found;
      const { defaults, force, dryRun } = this.options as { defaults?: boolean; force?: boolean; dryRun?: boolean };
      const session = openSession({
        cwd: this.destinationRoot(),
        output: outputTo(process.stdout),
        ...(process.stdin.isTTY && { asker: askerOf(this) }),
        defaults: defaults === true,
        force: force === true,
        dryRun: dryRun === true,
      });
      sessions.set(this.env, session);
      return session;
    }
  } as never;
}

function describe(generator: Generator, command: Command<never>): void {
  for (const { key, flag, describe: description } of command.options) {
    if (key === command.argument) generator.argument(key, { type: String, required: false, description });
    else generator.option(flag.split(" ")[0]!.slice(2), { type: String, description });
  }
  generator.option("defaults", { type: Boolean, description: "take every default, ask nothing" });
  generator.option("answers", { type: String, description: "answers from a YAML file" });
  generator.option("force", { type: Boolean, description: "overwrite derived files that were changed by hand" });
  generator.option("dry-run", { type: Boolean, description: "print what would change, write nothing" });
}

function askerOf(generator: Generator): Asker {
  return {
    async ask({ message, default: otherwise, choices, check }) {
      const { answer } = await generator.prompt<{ answer: string }>([
        {
          name: "answer",
          message,
          default: otherwise,
          ...(choices
            ? { type: "select" as const, choices: choices.map(({ value, name }) => ({ value, name })) }
            : { type: "input" as const, validate: (text: string) => check(text) ?? true }),
        },
      ] as never);
      return answer;
    },
    async confirm(message, otherwise) {
      const { answer } = await generator.prompt<{ answer: boolean }>([
        { name: "answer", type: "confirm", message, default: otherwise },
      ]);
      return answer;
    },
  };
}

/** Yeoman prints the stack of whatever is thrown; a person is to read one or two lines. */
async function plainly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof EdaError) || process.env.DEBUG?.includes("eda")) throw error;
    const { printError } = await import("./print-error.ts");
    printError(error, outputTo(process.stderr));
    process.exit(1);
  }
}
