/** Holds the lock of the root given until it is killed. Says `held` when it does. */
import { withLock } from "../../../generators/_render/lock.ts";

await withLock(process.argv[2]!, () => {
  process.send!("held");
  return new Promise(() => setInterval(() => {}, 60_000));
});
