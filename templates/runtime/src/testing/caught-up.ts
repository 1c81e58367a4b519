import type { Broker } from "../broker/broker.ts";
import { eventually } from "./eventually.ts";

/** Waits until a group has decided about everything that is on a topic, which is not empty. */
export async function caughtUp(broker: Broker, group: string, topic: string): Promise<void> {
  await eventually(() => broker.positions(group), {
    until: (positions) => {
      const own = positions.filter((position) => position.topic === topic);
      return own.some(({ end }) => end > 0n) && own.every(({ next, end }) => next === end);
    },
    what: `${group} at the end of ${topic}`,
  });
}
