import { randomUUID } from "node:crypto";
import type {
  Broker,
  IncomingRecord,
  OutgoingRecord,
  SubscribeOptions,
  Subscription,
} from "../../../../../templates/runtime/src/broker/broker.ts";
import type { BrokerUnderTest } from "../broker-under-test.ts";
import { type ConsumerProcess, spawnConsumer } from "../spawn-consumer.ts";
import { until } from "../until.ts";

export type Setting = ReturnType<typeof setting>;

/** One broker for the tests of a `describe`; each has a topic of four partitions and a group of its own. */
export function setting(start: () => Promise<BrokerUnderTest>) {
  let subject: BrokerUnderTest;
  let broker: Broker;
  let topic: string;
  let group: string;
  let opened: Broker[];
  let processes: ConsumerProcess[];

  before(async () => {
    subject = await start();
  });
  after(() => subject.close());
  beforeEach(async () => {
    opened = [];
    processes = [];
    broker = await open();
    topic = `topic-${randomUUID()}`;
    group = `group-${randomUUID()}`;
    await broker.ensureTopics([{ name: topic, partitions: 4 }]);
  });
  afterEach(async () => {
    for (const consumer of processes) consumer.signal("SIGKILL");
    await Promise.all(processes.map((consumer) => consumer.exited));
    await Promise.all(opened.map((one) => one.close()));
  });

  async function open(): Promise<Broker> {
    const one = await subject.open();
    opened.push(one);
    return one;
  }

  const record = (key: string, value: string, headers: Record<string, string> = {}): OutgoingRecord => ({
    topic,
    key,
    value: new TextEncoder().encode(value),
    headers,
  });
  /** `count` records over ten keys; each value is `key/number`, numbered per key from `from` on. */
  const numbered = (count: number, from = 0) =>
    Array.from({ length: count }, (_, n) => record(`key-${n % 10}`, `key-${n % 10}/${from + Math.floor(n / 10)}`));

  async function collect(
    options: Partial<SubscribeOptions> = {},
    from: Broker = broker,
  ): Promise<{ readonly records: IncomingRecord[]; readonly subscription: Subscription }> {
    const records: IncomingRecord[] = [];
    const subscription = await from.subscribe(
      { group, topics: [topic], from: "earliest", ...options },
      async (batch) => void records.push(...batch.records),
    );
    return { records, subscription };
  }

  function consumer(options: Partial<SubscribeOptions> = {}, holds = false): ConsumerProcess {
    const subscribe: SubscribeOptions = { group, topics: [topic], from: "earliest", ...options };
    const one = spawnConsumer({ module: subject.process.module.href, subscribe, holds }, subject.process.env);
    processes.push(one);
    return one;
  }

  const drained = () =>
    until(async () => (await broker.positions(group)).every(({ next, end }) => next === end), "the group has read all");

  return {
    get subject() {
      return subject;
    },
    get broker() {
      return broker;
    },
    get topic() {
      return topic;
    },
    get group() {
      return group;
    },
    /** Another member's broker, closed in the end. */
    open,
    record,
    numbered,
    /** What a member of the group is handed, in a list that grows. */
    collect,
    /** A member in a process of its own. */
    consumer,
    drained,
  };
}

export const values = (records: readonly IncomingRecord[]) => records.map(textOf);

export function textOf(record: Pick<OutgoingRecord, "value">): string {
  return new TextDecoder().decode(record.value);
}
