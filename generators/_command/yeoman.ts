import Generator from "yeoman-generator";
import { packageRoot } from "../_render/templates.ts";
import { EdaError } from "../_system/errors.ts";
import { type Asker, hasTerminal } from "./ask.ts";
import type { Command, CommandName } from "./command.ts";
import type { Committed } from "./commit.ts";
import { dryRunOf } from "./door.ts";
import { afterwards } from "./finish.ts";
import { handOver, ownGenerator } from "./hand-over.ts";
import { outputTo } from "./output.ts";
import { isDebugging, linesOf } from "./print-error.ts";
import { commandNamed } from "./registry.ts";
import { saidOf, typedOf } from "./said.ts";
import { openSession, type Session } from "./session.ts";

/** One session for each environment: generators composed in it are one plan, one lock, one write. */
const sessions = new WeakMap<object, Session>();

/**
 * The Yeoman generator made from a command's description. Nothing goes through Yeoman's file system, whose commit is
 * not all or nothing: the session writes, the manifest first.
 */
export function yeomanGenerator(name: CommandName): new (...args: never[]) => Generator {
  const command = commandNamed(name);
  return class extends Generator {
    #committed: Committed | undefined;

    constructor(args: string[], options: Record<string, unknown>, features?: object) {
      // The environment gives what Yeoman's type asks for; the options beyond it come from the description.
      super(args, options as never, features);
      this.description = command.summary;
      describe(this, command);
      this.sourceRoot(packageRoot("templates/"));
    }

    async prompting(): Promise<void> {
      await plainly(async () => {
        const cwd = this.destinationRoot();
        const flags = flagsOf(this);
        const said = saidOf(command, this.args, this.options as Record<string, unknown>);
        const own = ownGenerator(cwd);
        if (own) {
          const code = await handOver(own, typedOf(command, said, flags), cwd, outputTo(process.stdout).line);
          if (code !== 0) throw new EdaError(`generator-eda ${own.version} of this repository has ended with ${code}`);
          return;
        }
        const session = sessions.get(this.env) ?? openSession({ cwd, ...doorOf(this, flags) });
        sessions.set(this.env, session);
        await session.add({ command: name, said });
      });
    }

    async writing(): Promise<void> {
      const session = sessions.get(this.env);
      // An environment may be run again: that is another session.
      sessions.delete(this.env);
      await plainly(async () => {
        this.#committed = await session?.commit();
      });
    }

    async end(): Promise<void> {
      const committed = this.#committed;
      if (committed) {
        await plainly(() => afterwards(committed, outputTo(process.stdout), flagsOf(this).includes("skip-install")));
      }
    }
  };
}

const flags = {
  defaults: "take every default, ask nothing",
  force: "overwrite derived files that were changed by hand",
  "dry-run": "print what would change, write nothing",
  diff: "as --dry-run, with what is in new files",
  "skip-install": "do not run npm install",
} as const;

function describe(generator: Generator, command: Command<never>): void {
  for (const { key, flag, describe: description } of command.options) {
    if (key === command.argument) generator.argument(key, { type: String, required: false, description });
    else generator.option(flag.split(" ")[0]!.slice(2), { type: String, description });
  }
  generator.option("answers", { type: String, description: "answers from a YAML file" });
  for (const [name, description] of Object.entries(flags)) generator.option(name, { type: Boolean, description });
}

/** The flags that are set; Yeoman and its callers give them in kebab-case or in camelCase. */
function flagsOf(generator: Generator): readonly (keyof typeof flags)[] {
  const options = generator.options as Record<string, unknown>;
  const camelCase = {
    defaults: "defaults",
    force: "force",
    "dry-run": "dryRun",
    diff: "diff",
    "skip-install": "skipInstall",
  } as const;
  return (Object.keys(flags) as (keyof typeof flags)[]).filter(
    (flag) => options[flag] === true || options[camelCase[flag]] === true,
  );
}

function doorOf(generator: Generator, given: readonly (keyof typeof flags)[]) {
  const defaults = given.includes("defaults");
  return {
    output: outputTo(process.stdout),
    ...(hasTerminal() && !defaults && { asker: askerOf(generator) }),
    defaults,
    force: given.includes("force"),
    dryRun: dryRunOf({ dryRun: given.includes("dry-run"), diff: given.includes("diff") }),
  };
}

function askerOf(generator: Generator): Asker {
  return {
    async ask({ key, message, default: otherwise, choices, check }) {
      const answers = await generator.prompt<Record<string, string>>([
        {
          name: key,
          message,
          default: otherwise,
          ...(choices
            ? { type: "select" as const, choices: choices.map((each) => ({ ...each, short: each.value })) }
            : { type: "input" as const, validate: (text: string) => check(text) ?? true }),
        },
      ]);
      return answers[key] ?? otherwise;
    },
    async confirm(message, otherwise) {
      const { agreed } = await generator.prompt<{ agreed: boolean }>([
        { name: "agreed", type: "confirm", message, default: otherwise },
      ]);
      return agreed;
    },
  };
}

/** Yeoman prints an error's message: it is to have the lines that the `eda` bin would print, place and hint with it. */
async function plainly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof EdaError) || isDebugging()) throw error;
    throw new EdaError(linesOf(error).join("\n"), { cause: error });
  }
}
