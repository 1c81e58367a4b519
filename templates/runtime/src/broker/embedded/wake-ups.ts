import type { Database } from "../../database/database.ts";
import { type Listener, listen } from "../../database/listen.ts";
import type { Outage } from "./outage.ts";

const CHANNEL = "eda_broker";
/** PostgreSQL takes payloads of less than 8,000 bytes; past so many partitions everybody looks at all of theirs. */
const MAX_NAMED_PARTITIONS = 500;

export interface Sleeper {
  /** There are new records in these partitions, or may be in any. */
  onRecords(partitions: ReadonlySet<number> | "any"): void;
  /** Members or assignments of a group have changed, or may have in any. */
  onGroup(group: string | "any"): void;
}

/** Tells sleepers in this and in other processes that there is work. A poll stands behind it: one may be lost. */
export interface WakeUps {
  /** Whether wake-ups of other processes arrive. */
  readonly connected: boolean;
  add(sleeper: Sleeper): void;
  remove(sleeper: Sleeper): void;
  records(partitions: readonly number[]): void;
  group(name: string): void;
  close(): Promise<void>;
}

export function createWakeUps(database: Database, url: string, applicationName: string, outage: Outage): WakeUps {
  const sleepers = new Set<Sleeper>();
  const inFlight = new Set<Promise<unknown>>();

  const listening = outage.witness();
  const listener: Listener = listen({
    url,
    applicationName,
    channel: CHANNEL,
    onNotification(payload) {
      const text = payload.slice(1);
      if (payload.startsWith("g")) for (const sleeper of sleepers) sleeper.onGroup(text);
      else wakeForRecords(text === "" ? "any" : new Set(text.split(",").map(Number)));
    },
    onConnected() {
      listening.over();
      wakeForRecords("any");
      for (const sleeper of sleepers) sleeper.onGroup("any");
    },
    onLost: (error) => void listening.failed(error),
  });

  function wakeForRecords(partitions: ReadonlySet<number> | "any"): void {
    for (const sleeper of sleepers) sleeper.onRecords(partitions);
  }

  /**
   * In a transaction of its own, after the one that appended: NOTIFY takes a lock at commit that is held over the
   * flush of the disk, and all publishers would queue for it.
   */
  function notify(payload: string): void {
    // One that fails is made up for by the poll.
    const sent = database.query(NOTIFY, [CHANNEL, payload]).catch(() => {});
    inFlight.add(sent);
    void sent.finally(() => inFlight.delete(sent));
  }

  return {
    get connected() {
      return listener.connected;
    },
    add: (sleeper) => void sleepers.add(sleeper),
    remove: (sleeper) => void sleepers.delete(sleeper),
    records(partitions) {
      wakeForRecords(new Set(partitions));
      notify(`r${partitions.length > MAX_NAMED_PARTITIONS ? "" : partitions.join(",")}`);
    },
    group(name) {
      for (const sleeper of sleepers) sleeper.onGroup(name);
      notify(`g${name}`);
    },
    async close() {
      await Promise.all(inFlight);
      await listener.close();
    },
  };
}

const NOTIFY = "SELECT pg_notify($1, $2)";
