import assert from "node:assert/strict";
import { seededRandom } from "../../templates/runtime/src/faults/random.ts";
import {
  type Crashes,
  openCrashes,
  type PlannedRun,
  type Sweep,
  statementsOfRestart,
  stories,
} from "./saga-crash-sweep.ts";

const DOUBLE_CRASHES = 200;

describe("the example's saga, with its process killed", () => {
  let crashes: Crashes;
  before(async () => {
    crashes = await openCrashes();
  });
  after(() => crashes.close());

  for (const story of stories) {
    it(`at every statement and every publish, once each, where it would be ${story}`, async () => {
      const points = crashes.points[story];
      const sweep = await swept(points.map((point) => ({ story, points: [point] })));
      // Statements that an idle process makes now and then do not come in every run.
      assert.ok(sweep.reached > 0.8 * points.length, `${sweep.reached} of ${points.length} points were reached`);
    });
  }

  it(`twice, ${DOUBLE_CRASHES} times at random: the second time while it takes up what the first has left`, async () => {
    const random = seededRandom(11);
    const { points } = crashes;
    const any = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    await swept(
      Array.from({ length: DOUBLE_CRASHES }, () => {
        const story = any(stories);
        return { story, points: [any(points[story]), { nth: 1 + Math.floor(random() * statementsOfRestart) }] };
      }),
    );
  });

  async function swept(runs: readonly PlannedRun[]): Promise<Sweep> {
    const began = performance.now();
    const sweep = await crashes.sweep(runs, (done, violations) => {
      if (done % 50 === 0) say(`${done} of ${runs.length} runs, ${violations} violations`);
    });
    const { violations, notReached, reached, crashes: happened } = sweep;
    for (const each of notReached) say(`not reached: ${each}`);
    say(
      `${runs.length} runs, ${reached} with every point reached, ${happened} crashes, ${violations.length} violations, ` +
        `${Math.round((performance.now() - began) / 1000)} s`,
    );
    assert.deepEqual(violations, []);
    return sweep;
  }
});

function say(line: string): void {
  console.log(`    ${line}`);
}
