/**
 * Holds the lock of the root given until it is killed. Says `held` when it does. What it waits for is referred to by
 * nothing, and the garbage is collected: the lock must not be.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { withLock } from "../../../generators/_render/lock.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
setInterval(() => {}, 60_000);

void withLock(process.argv[2]!, () => {
  setImmediate(() => {
    collectGarbage();
    process.send!("held");
  });
  return new Promise(() => {});
});
