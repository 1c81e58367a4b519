import assert from "node:assert/strict";
import { seededRandom } from "../../templates/runtime/src/faults/random.ts";
import type { VariantName } from "./example-variants.ts";
import {
  type Crashes,
  openCrashes,
  type PlannedRun,
  type Sweep,
  statementsOfRestart,
  stories,
} from "./saga-crash-sweep.ts";

describe("the example's saga, with its process killed", () => sweepOf("plain", 200));

// Nearly all of it is waiting: for a call that is never answered.
describe("the same whose payment provider never answers, with its process killed", () => sweepOf("unanswered", 20, 3));

describe("the same whose refund and cancelling are refused at first, with its process killed", () =>
  sweepOf("refusing", 40));

function sweepOf(variant: VariantName, doubleCrashes: number, width = 2): void {
  let crashes: Crashes;
  before(async () => {
    crashes = await openCrashes(variant, width);
  });
  after(() => crashes.close());

  for (const story of stories[variant]) {
    it(`at every statement and every publish, once each, where it would be ${story}`, async () => {
      const points = crashes.points(story);
      assert.ok(points.length > 100, `${points.length} points`);
      const sweep = await swept(points.map((point) => ({ story, points: [point] })));
      // What an idle process does now and then does not come in every run, nor does each try of a call.
      assert.ok(sweep.reached > 0.75 * points.length, `${sweep.reached} of ${points.length} points were reached`);
    });
  }

  it(`twice, ${doubleCrashes} times at random: the second time while it takes up what the first has left`, async () => {
    const random = seededRandom(11);
    const any = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const sweep = await swept(
      Array.from({ length: doubleCrashes }, () => {
        const story = any(stories[variant]);
        return { story, points: [any(crashes.points(story)), { nth: 1 + Math.floor(random() * statementsOfRestart) }] };
      }),
    );
    assert.ok(sweep.crashes > doubleCrashes, `${sweep.crashes} crashes`);
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
}

function say(line: string): void {
  console.log(`    ${line}`);
}
