import type { Broker, OutgoingRecord } from "../../../../templates/runtime/src/broker/broker.ts";
import { until as untilNamed } from "../broker/until.ts";

/** A broker that takes records into a list, as far as the relay can tell. A test may make it refuse, wait or vanish. */
export interface MemoryBroker extends Broker {
  readonly records: OutgoingRecord[];
  /** Called before records are taken; a throw refuses the whole call. */
  onPublish: (records: readonly OutgoingRecord[]) => void | Promise<void>;
  away: boolean;
}

export function memoryBroker(): MemoryBroker {
  const broker: MemoryBroker = {
    records: [],
    onPublish: () => undefined,
    away: false,
    async ensureTopics() {},
    async publish(records) {
      if (broker.away) throw new Error("the broker is away");
      await broker.onPublish(records);
      broker.records.push(...records);
    },
    async positions() {
      if (broker.away) throw new Error("the broker is away");
      return [];
    },
    async subscribe() {
      throw new Error("nobody subscribes here");
    },
    async seek() {},
    async close() {},
  };
  return broker;
}

/** What was published, in order: `a1`, `a2`, `b1`. */
export function sentVersions(records: readonly OutgoingRecord[]): string[] {
  return records.map((record) => {
    const { orderId, version } = JSON.parse(new TextDecoder().decode(record.value)) as {
      orderId: string;
      version: number;
    };
    return `${orderId}${version}`;
  });
}

/** Waits for a condition whose expression says what it is. */
export function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  return untilNamed(condition, String(condition));
}
