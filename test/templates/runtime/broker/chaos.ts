import { randomUUID } from "node:crypto";
import type { Broker } from "../../../../templates/runtime/src/broker/broker.ts";
import { seededRandom } from "../../../../templates/runtime/src/faults/random.ts";
import type { BrokerUnderTest } from "./broker-under-test.ts";
import { assertOrder } from "./ledger.ts";
import { type ConsumerProcess, spawnConsumer } from "./spawn-consumer.ts";
import { until } from "./until.ts";

const KEYS = 10;
const MEMBERS = ["one", "two", "three"];

export interface ChaosOptions {
  /** Kills and pauses, one after another, under load. */
  readonly disruptions: number;
  /** The same seed makes the same choices; the machine's timing stays its own. */
  readonly seed: number;
}

/** Members of one group are killed and paused at random. Nothing is lost, and first deliveries keep each key's order. */
export function chaos(name: string, start: () => Promise<BrokerUnderTest>, { disruptions, seed }: ChaosOptions): void {
  describe(`${name}: chaos, seed ${seed}`, () => {
    let subject: BrokerUnderTest;
    let broker: Broker;
    const all: ConsumerProcess[] = [];
    before(async () => {
      subject = await start();
      broker = await subject.open();
    });
    after(async () => {
      for (const one of all) one.signal("SIGKILL");
      await Promise.all(all.map((one) => one.exited));
      await broker.close();
      await subject.close();
    });

    it(`loses nothing in ${disruptions} kills and pauses and keeps the order`, async function () {
      this.timeout(15_000 + disruptions * 5_000);
      const random = seededRandom(seed);
      const [topic, group] = [`topic-${randomUUID()}`, `group-${randomUUID()}`];
      await broker.ensureTopics([{ name: topic, partitions: 4 }]);

      const join = (instance: string): ConsumerProcess => {
        const subscribe = { group, topics: [topic], from: "earliest", instance } as const;
        const { module, env } = subject.process;
        const one = spawnConsumer({ module: module.href, subscribe, holds: false }, env);
        all.push(one);
        return one;
      };
      const members = new Map(MEMBERS.map((instance) => [instance, join(instance)]));
      const deliveries = () => all.flatMap(({ lines }) => lines).filter((line) => line.at === "handling");
      const drained = () =>
        until(async () => (await broker.positions(group)).every(({ next, end }) => next === end), "all is read");
      let perKey = 0;
      const publish = async () => {
        const number = perKey++;
        await broker.publish(
          Array.from({ length: KEYS }, (_, n) => {
            const key = `key-${n}`;
            return { topic, key, value: new TextEncoder().encode(`${key}/${number}`), headers: {} };
          }),
        );
      };

      for (let n = 0; n < disruptions; n++) {
        const instance = MEMBERS[Math.floor(random() * MEMBERS.length)]!;
        const victim = members.get(instance)!;
        const enough = deliveries().length + random() * 20;
        await until(async () => {
          await publish();
          return deliveries().length > enough;
        }, "records are handled");
        if (random() < 0.6) {
          victim.signal("SIGKILL");
          await victim.exited;
          members.set(instance, join(instance));
        } else {
          victim.signal("SIGSTOP");
          await publish();
          // All of it: also what the paused member has in hand, once its lease has run out.
          await drained();
          victim.signal("SIGCONT");
        }
      }
      await drained();
      const inOrder = deliveries().toSorted((a, b) => a.time - b.time);
      assertOrder(
        inOrder.flatMap(({ values }) => values),
        perKey,
      );
    });
  });
}
