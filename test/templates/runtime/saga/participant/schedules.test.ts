import { shopRig } from "./rig.ts";
import { runSchedule } from "./schedules.ts";

/** A sample of schedules.deep.ts. */
describe("a participant in any schedule of duplicates, crashes and lost calls", function () {
  this.timeout(60_000);
  let rig: Awaited<ReturnType<typeof shopRig>>;
  before(async () => {
    rig = await shopRig();
  });
  after(() => rig.drop());

  for (const seed of [1, 2]) it(`keeps its books even, seed ${seed}`, () => runSchedule(rig, seed));
});
