import assert from "node:assert/strict";
import { until } from "../until.ts";
import { type Setting, values } from "./setting.ts";

/** A broker that is away, or closed. */
export function endsConform(at: Setting): void {
  const { numbered, collect } = at;

  describe("an unreachable broker", () => {
    it("rejects what is published, and serves everybody again once it is back", async () => {
      const { records } = await collect();
      await at.broker.publish(numbered(10));
      await until(() => records.length === 10, "10 records arrive");
      await at.subject.down();
      try {
        await assert.rejects(at.broker.publish(numbered(10, 1)));
      } finally {
        await at.subject.up();
      }
      await until(async () => {
        const published = at.broker.publish(numbered(10, 1));
        return published.then(
          () => true,
          () => false,
        );
      }, "publishing works again");
      await until(() => new Set(values(records)).size === 20, "the subscription gets what was published since");
    });
  });

  describe("a closed broker", () => {
    it("refuses everything, and closing twice is no error", async () => {
      const { subscription } = await collect();
      await at.broker.close();
      await at.broker.close();
      await subscription.ended;
      await assert.rejects(at.broker.publish(numbered(1)), /closed/);
      await assert.rejects(collect(), /closed/);
    });
  });
}
