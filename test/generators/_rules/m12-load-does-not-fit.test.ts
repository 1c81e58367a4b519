import { deepEqual } from "node:assert/strict";
import { loadDoesNotFit } from "../../../generators/_rules/m12-load-does-not-fit.ts";
import { hints, said } from "./checking.ts";
import { shop, shopWith } from "./shop.ts";

describe("EDA-M12, an expected load that does not fit", () => {
  it("shows the sum of messages a second where the consumers are the limit", () => {
    const manifest = shopWith("partitions: 12", "partitions: 3").replace("forever", "7d");
    deepEqual(said(loadDoesNotFit, manifest), [
      "5:15 A topic (by default) has too few partitions: 2000 messages/s × 2 (growth of a year) ÷ 3 = 1333 messages/s a partition, above 1000 messages/s",
    ]);
    deepEqual(hints(loadDoesNotFit, manifest), [
      "Write partitions: 4 or more, now: adding them later moves keys to other partitions, and their order is lost",
    ]);
  });

  it("shows the sum of bytes a second where the broker is the limit", () => {
    const manifest = shopWith("peakPerSecond: 2000, averageBytes: 600,", "peakPerSecond: 400, averageBytes: 500000,");
    const [first] = said(loadDoesNotFit, manifest.replace("retention: 7d", "retention: 1h").replace("forever", "1h"));
    deepEqual(
      first,
      "5:15 A topic (by default) has too few partitions: 400 messages/s × 2 (growth of a year) × 500000 bytes ÷ 12 = 33 MB/s a partition, above 10 MB/s",
    );
  });

  it("shows the sum on disk where the retention is the limit, at the topic that keeps so much", () => {
    deepEqual(said(loadDoesNotFit, shopWith("averageBytes: 600", "averageBytes: 2000")), [
      "50:37 Topic orders.order.events keeps more than a broker's disk holds: 2000 messages/s × 2 (growth of a year) × 0.1 (average of the peak) × 2000 bytes × a year of forever ÷ 12 partitions = 2.1 TB a partition, above 1 TB (76 TB in all, in 3 copies)",
    ]);
  });

  it("finds fewer than three copies where load is expected", () => {
    deepEqual(said(loadDoesNotFit, shopWith("replication: 3", "replication: 1")), [
      "6:16 A topic (by default) is kept in 1 copy, with 2000 messages/s expected: while one broker is down, writing stops or acknowledged messages are lost",
    ]);
  });

  it("finds messages that are larger than a broker takes", () => {
    deepEqual(said(loadDoesNotFit, shopWith("2000, averageBytes: 600", "1, averageBytes: 950000")), [
      "8:47 A message of 950 kB on average does not fit the broker's limit of 1 MiB with its headers",
    ]);
  });

  it("judges a topic's own settings at the topic", () => {
    deepEqual(said(loadDoesNotFit, shopWith("{ retention: forever }", "{ partitions: 2, replication: 2 }")), [
      "50:38 Topic orders.order.events has too few partitions: 2000 messages/s × 2 (growth of a year) ÷ 2 = 2000 messages/s a partition, above 1000 messages/s",
      "50:54 Topic orders.order.events is kept in 2 copies, with 2000 messages/s expected: while one broker is down, writing stops or acknowledged messages are lost",
    ]);
  });

  it("says nothing where no load is expected, or where it fits", () => {
    deepEqual(said(loadDoesNotFit, shop), []);
    const without = shopWith("  expected: { peakPerSecond: 2000, averageBytes: 600, growthPerYear: 2 }\n", "");
    deepEqual(said(loadDoesNotFit, without.replace("replication: 3", "replication: 1")), []);
  });
});
