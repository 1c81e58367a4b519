import assert from "node:assert/strict";
import { seededRandom } from "../support/seeded-random.ts";
import { openCrashes, type PlannedRun, statementsOfRestart, stories } from "./saga-crash-sweep.ts";

// Red when the inbox answers that every message is new (marks.ts), when the participant's row is not kept (row.ts), and
// when the relay deletes before it sends (send.ts). Every statement, and two crashes in a row: saga-crash.deep.ts.
describe("the example's saga, with its process killed at a statement", () => {
  it("ends as it would have, with everything done once", async function () {
    this.timeout(240_000);
    const crashes = await openCrashes(1);
    const random = seededRandom(5);
    const { points } = crashes;
    const any = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    // A chore of the relay does not come in every run; what a saga does in its transactions does.
    const point = (story: (typeof stories)[number]) => any(points[story].filter(isWork));
    const runs: PlannedRun[] = [
      ...stories.flatMap((story) => [1, 2].map(() => ({ story, points: [point(story)] }))),
      { story: "compensated", points: [point("compensated"), { nth: 1 + Math.floor(random() * statementsOfRestart) }] },
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

function isWork(point: object): boolean {
  return /INSERT|UPDATE|DELETE|COMMIT|append/.test("statement" in point ? String(point.statement) : "");
}
