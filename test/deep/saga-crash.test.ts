import assert from "node:assert/strict";
import { seededRandom } from "../../templates/runtime/src/faults/random.ts";
import type { VariantName } from "./example-variants.ts";
import type { CrashPoint } from "./saga-crash.ts";
import type { Story } from "./saga-crash-stories.ts";
import { CHORE, openCrashes, statementsOfRestart } from "./saga-crash-sweep.ts";

const WRITES = /INSERT|UPDATE|DELETE|COMMIT|append/;

type Plan = readonly { readonly story: Story; readonly first: RegExp; readonly twice?: true }[];

// Every statement, and two crashes in a row: saga-crash.deep.ts.
describe("the example's saga, with its process killed at a statement", function () {
  this.timeout(240_000);

  // Red when `mark` in marks.ts answers every id, when plain.ts does not save the rows of participants, and when
  // relayPass marks before it sends.
  it("ends as it would have, with everything done once", () =>
    sample("plain", [
      { story: "completed", first: /append/ },
      { story: "completed", first: WRITES },
      { story: "compensated", first: /append/ },
      { story: "compensated", first: WRITES },
      { story: "compensated", first: WRITES, twice: true },
    ]));

  // Red when conclude.ts commits what a compensation's call has undone before its message's mark.
  it("refunds once what was taken, where a refund and then the cancelling are refused, until an operator retries", () =>
    sample("refusing", [
      { story: "refunded", first: /payments: INSERT INTO public.inbox / },
      { story: "refunded", first: WRITES, twice: true },
    ]));

  it("refunds once, before all else, where the provider takes the money and never answers", () =>
    sample("unanswered", [
      { story: "unanswered", first: /payments: (INSERT|UPDATE|COMMIT)/ },
      { story: "unanswered", first: WRITES, twice: true },
    ]));

  async function sample(variant: VariantName, plan: Plan): Promise<void> {
    const crashes = await openCrashes(variant, 1);
    const random = seededRandom(5);
    const any = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const first = (story: Story, which: RegExp): CrashPoint =>
      any(crashes.points(story).filter(({ statement }) => which.test(statement) && !CHORE.test(statement)));
    const runs = plan.map(({ story, first: which, twice }) => ({
      story,
      points: [first(story, which), ...(twice ? [{ nth: 1 + Math.floor(random() * statementsOfRestart) }] : [])],
    }));
    try {
      const { violations, crashes: happened } = await crashes.sweep(runs);
      assert.deepEqual(violations, []);
      assert.ok(happened >= plan.length - 1, `${happened} crashes`);
    } finally {
      await crashes.close();
    }
  }
});
