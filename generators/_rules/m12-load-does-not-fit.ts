import type { Rule } from "./rule.ts";
import { misfits } from "./sizing.ts";

export const loadDoesNotFit: Rule = {
  id: "EDA-M12",
  severity: "warning",
  runs: "validate",
  title: "the expected load does not fit the partitions, replication or retention",
  explanation:
    "A partition is read by one consumer of a group at a time, so the number of partitions is the ceiling of what a " +
    "service can handle; it cannot be raised later without moving keys and losing their order. The sum takes the peak, " +
    "lets it grow for a year and lays all of it on one topic, because the manifest does not say which topic is the busy " +
    "one. Assumed for one partition: 10 MB/s written (the cautious figure in dattell.com's How many partitions are needed; " +
    "measured brokers do more), 1000 messages/s handled by one consumer with a database transaction around a batch, and 1 TB on " +
    "a broker's disk (a partition cannot be split over brokers, and 1 TB takes about three hours to copy at 100 MB/s " +
    "when a broker is replaced). Over day and night a tenth of the peak is assumed; a topic that keeps everything is " +
    "judged by a year of it. Fewer than three copies do not survive one broker's loss without stopping or losing " +
    "acknowledged messages. Measure your own system, and where it does better leave the warning.",
  examples: [
    {
      fails: { manifest: shop("partitions: 4, replication: 3") },
      repair: { manifest: shop("partitions: 24, replication: 3") },
    },
    {
      fails: { manifest: shop("partitions: 24, replication: 1") },
      repair: { manifest: shop("partitions: 24, replication: 3") },
    },
  ],
  check: ({ system }) => misfits(system),
};

function shop(settings: string): string {
  return `eda: 1
name: shop
stream:
  platform: kafka
  ${settings.replace(", ", "\n  ")}
  retention: 7d
  expected: { peakPerSecond: 10000, averageBytes: 600, growthPerYear: 2 }
contexts:
  ordering: { purpose: Takes orders }
services:
  orders: { context: ordering, aggregate: Order, port: 4001 }
`;
}
