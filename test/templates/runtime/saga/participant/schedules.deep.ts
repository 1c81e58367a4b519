import { shopRig } from "./rig.ts";
import { runSchedule } from "./schedules.ts";

describe("a participant in many schedules of duplicates, crashes and lost calls", () => {
  let rig: Awaited<ReturnType<typeof shopRig>>;
  before(async () => {
    rig = await shopRig();
  });
  after(() => rig.drop());

  for (let seed = 100; seed < 200; seed++) it(`keeps its books even, seed ${seed}`, () => runSchedule(rig, seed));
});
