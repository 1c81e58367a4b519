import { textTable } from "../embedded/text-table.ts";
import type { DeadLetterDetail, DeadLetterFilter, DeadLetterPage } from "../service/admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { Refused } from "./errors.ts";
import { counted, moment, oneLine } from "./screen.ts";

/** A bulk request as typed: what it matches, whether it is confirmed, and how many the operator expects. */
export interface Bulk {
  readonly filter: DeadLetterFilter;
  readonly yes: boolean;
  readonly count?: number;
}

/**
 * Counts first. Without `--yes` nothing happens but the count; with it exactly the letters that were counted are
 * meant: the service refuses when another number matches by then.
 */
export async function inBulk(
  client: AdminClient,
  verb: "replay" | "discard",
  bulk: Bulk,
  act: (expectedCount: number) => Promise<{ readonly count: number }>,
): Promise<number> {
  const { total } = await client.listDeadLetters(bulk.filter, { limit: "1" });
  if (bulk.count !== undefined && bulk.count !== total) {
    throw new Refused(
      `${counted(total, "dead letter")} of ${client.service} match, not ${bulk.count}: nothing was done`,
    );
  }
  if (total === 0) return 0;
  if (!bulk.yes) {
    throw new Refused(
      `${counted(total, "dead letter")} of ${client.service} match: nothing was done. ` +
        `To ${verb} ${total === 1 ? "it" : "them"}, add --yes --count ${total}`,
    );
  }
  return (await act(total)).count;
}

export function deadLetterList(service: string, { items, total }: DeadLetterPage, width: number): string {
  if (total === 0) return `no dead letters in ${service}`;
  if (items.length === 0) return `no more: ${counted(total, "dead letter")} in all`;
  const head = ["id", "status", "tries", "failed at"];
  const rows = items.map((letter) => [letter.id, letter.status, String(letter.attempts), moment(letter.failedAt)]);
  const [heading, ...lines] = textTable([head, ...rows]).split("\n");
  const shown = lines.flatMap((line, index) => {
    const { type, key, error } = items[index]!;
    return [line, ...[`${type}  key ${key}`, error].map((text) => `  ${oneLine(text, width - 2)}`)];
  });
  const rest = total > items.length ? `${items.length} of ${total}; more with --after ${items.at(-1)?.id}` : undefined;
  return [heading, ...shown, ...(rest ? [rest] : [])].join("\n");
}

export function deadLetterDetail(letter: DeadLetterDetail): string {
  const { stack, headers, data, ...plain } = letter;
  const fields = textTable(Object.entries(plain).map(([name, value]) => [name, oneLine(String(value), 1_000)]));
  const header = textTable(
    Object.entries(headers).map(([name, value]) => [`  ${oneLine(name, 40)}`, oneLine(value, 4_000)]),
  );
  return [
    fields,
    "headers",
    header,
    "data",
    indented(JSON.stringify(data, null, 2)),
    ...(stack ? ["stack", indented(stack)] : []),
  ].join("\n");
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line.match(/^ */)?.[0]}${oneLine(line, 4_000)}`)
    .join("\n");
}
