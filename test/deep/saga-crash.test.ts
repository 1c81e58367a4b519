import assert from "node:assert/strict";
import { seededRandom } from "../../templates/runtime/src/faults/random.ts";
import { openCrashes, type PlannedRun, type SweptStory, statementsOfRestart, stories } from "./saga-crash-sweep.ts";

const WRITES = /INSERT|UPDATE|DELETE|COMMIT|append/;

// Red when `mark` in marks.ts answers every id, when plain.ts does not save the rows of participants, and when relayPass
// marks before it sends. Every statement, and two crashes in a row: saga-crash.deep.ts.
describe("the example's saga, with its process killed at a statement", () => {
  it("ends as it would have, with everything done once", async function () {
    this.timeout(240_000);
    const crashes = await openCrashes(1);
    const random = seededRandom(5);
    const { points } = crashes;
    const any = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const one = (story: SweptStory, which: RegExp) =>
      any(points[story].filter((point) => "statement" in point && which.test(point.statement)));
    // A chore of the relay does not come in every run; what a saga does in its transactions does.
    const runs: PlannedRun[] = [
      ...stories.flatMap((story) => [/append/, WRITES].map((which) => ({ story, points: [one(story, which)] }))),
      {
        story: "compensated",
        points: [one("compensated", WRITES), { nth: 1 + Math.floor(random() * statementsOfRestart) }],
      },
    ];
    try {
      const { violations, crashes: happened } = await crashes.sweep(runs);
      assert.deepEqual(violations, []);
      assert.ok(happened >= 4, `${happened} crashes`);
    } finally {
      await crashes.close();
    }
  });
});
