import { type AdminClient, adminClient } from "./admin-client.ts";
import { type CommandLine, commandLine, type PlainLine } from "./command-line.ts";
import { deadLetterDetail, deadLetterList, inBulk } from "./dead-letters.ts";
import { Refused, UsageError } from "./errors.ts";
import { outboxText } from "./outbox.ts";
import type { Result } from "./result.ts";
import { runSagas } from "./sagas.ts";
import { counted } from "./screen.ts";
import { chooseService, fittingServices, type Surroundings } from "./services.ts";
import { runTrace } from "./trace/run-trace.ts";
import { usage } from "./usage.ts";

export interface Terminal extends Surroundings {
  /** Columns that a line may have: 80 in a pipe. */
  readonly width: number;
  /** Default: none. */
  readonly colour?: boolean;
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** Runs one command. Returns the exit code: 0 done, 1 not done, 2 usage. */
export async function operate(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    const line = commandLine(args);
    if (line === "help") {
      terminal.out(usage);
      return 0;
    }
    const { value, text, warnings } = await resultOf(line, terminal);
    terminal.out(line.format === "json" ? JSON.stringify(value, null, 2) : text(terminal.width));
    if (warnings === undefined || warnings.length === 0) return 0;
    for (const warning of warnings) terminal.error(warning);
    return 1;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof Refused)) throw error;
    terminal.error(error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}

function resultOf(line: CommandLine, terminal: Terminal): Promise<Result> {
  switch (line.command) {
    case "sagas":
      return runSagas(
        fittingServices(terminal, line.service).map((target) => adminClient(target)),
        line,
      );
    case "trace":
      return runTrace(
        fittingServices(terminal, line.service).map((target) => adminClient(target)),
        line,
        terminal.colour === true,
      );
    default:
      return run(adminClient(chooseService(terminal, line.service)), line);
  }
}

async function run(client: AdminClient, line: PlainLine): Promise<Result> {
  const [first = "", second = ""] = line.ids;
  const { filter, reason } = line;
  switch (line.command) {
    case "dead-letters list": {
      const page = await client.listDeadLetters(filter, line.page);
      return { value: page, text: (width) => deadLetterList(client.service, page, width) };
    }
    case "dead-letters show": {
      const letter = await client.showDeadLetter(first);
      return { value: letter, text: () => deadLetterDetail(letter) };
    }
    case "dead-letters replay": {
      const count = line.all
        ? await inBulk(client, "replay", line, (expectedCount) => client.replayDeadLetters({ filter, expectedCount }))
        : (await client.replayDeadLetter(first)).count;
      return affected(count, "dead letter", "handed to its consumer again", "handed to their consumer again");
    }
    case "dead-letters discard": {
      const count = line.all
        ? await inBulk(client, "discard", line, (expectedCount) =>
            client.discardDeadLetters({ filter, expectedCount, reason }),
          )
        : (await client.discardDeadLetter(first, { reason })).count;
      return affected(count, "dead letter", "discarded", "discarded");
    }
    case "outbox status": {
      const status = await client.showOutbox();
      return { value: status, text: (width) => outboxText(status, width) };
    }
    case "outbox unpark": {
      const { count } = await client.unparkAggregate(first, second);
      return affected(count, "aggregate", "given back to the relay", "given back to the relay");
    }
  }
}

function affected(count: number, what: string, one: string, many: string): Result {
  const text = count === 0 ? `no ${what} matches` : `${counted(count, what)} ${count === 1 ? one : many}`;
  return { value: { count }, text: () => text };
}
