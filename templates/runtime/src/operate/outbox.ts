import { textTable } from "../embedded/text-table.ts";
import type { OutboxStatus } from "../service/admin-api.ts";
import { counted, moment, oneLine } from "./screen.ts";

export function outboxText(status: OutboxStatus, width: number): string {
  const { unpublished, oldestUnpublishedSeconds, parked } = status;
  const age = unpublished === 0 ? "" : `, the oldest for ${Math.round(oldestUnpublishedSeconds)} s`;
  const summary = `${counted(unpublished, "message")} unpublished${age}; ${counted(parked.length, "aggregate")} parked`;
  if (parked.length === 0) return summary;
  const rows = parked.map((one) => [String(one.attempts), moment(one.since), one.aggregateType]);
  const [heading, ...lines] = textTable([["tries", "since", "type, id, reason"], ...rows]).split("\n");
  const details = lines.flatMap((line, index) => {
    const { aggregateId, error } = parked[index]!;
    return [oneLine(line, width), `  ${oneLine(aggregateId, 255)}`, `  ${oneLine(error, width - 2)}`];
  });
  return [summary, "", heading, ...details].join("\n");
}
