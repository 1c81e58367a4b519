import { migrate } from "../../migrations/migrate.ts";
import type { Broker, Subscription } from "../broker.ts";
import { brokerDatabase } from "./broker-database.ts";
import { BrokerClosedError } from "./errors.ts";
import { type BrokerLog, silent } from "./log.ts";
import { createOutage } from "./outage.ts";
import { groupPositions, seekGroup } from "./positions.ts";
import { createPublisher } from "./publisher.ts";
import { deleteExpired } from "./retention.ts";
import { startSubscription } from "./subscription.ts";
import { createTopics } from "./topics.ts";
import { createWakeUps } from "./wake-ups.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;
const CLEAN_EVERY_MS = 60 * 1_000;

export interface EmbeddedBrokerOptions {
  /** `postgres://role:password@127.0.0.1:5432/broker`: a database of its own. Its tables are created if need be. */
  readonly url: string;
  /** Shown in pg_stat_activity. Default `eda-broker`. */
  readonly applicationName?: string;
  /** A member that has not been heard of for so long loses its partitions. Default 5,000. */
  readonly leaseMs?: number;
  /** Age at which records are deleted, read or not. Default 7 days. */
  readonly retentionMs?: number;
  /** Connections at most, beside one that listens. Default 6. */
  readonly maxConnections?: number;
  readonly log?: BrokerLog;
}

export interface EmbeddedBroker extends Broker {
  /** Deletes what is older than the retention, and counts it. It happens by itself every minute. */
  deleteExpired(): Promise<number>;
}

/** A broker that keeps its log in a PostgreSQL database. Any number of processes may open the same one. */
export async function createEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { url, applicationName = "eda-broker", leaseMs = 5_000, retentionMs = WEEK_MS, log = silent } = options;
  const database = brokerDatabase({ url, applicationName, leaseMs, maxConnections: options.maxConnections });
  try {
    for (const warning of (await migrate(database, MIGRATIONS)).warnings) log.warn({}, warning);
  } catch (error) {
    await database.close();
    throw error;
  }
  const outage = createOutage(log);
  const topics = createTopics(database);
  const wakeUps = createWakeUps(database, url, applicationName, outage);
  const publisher = createPublisher(database, topics, (partitions) => wakeUps.records(partitions));
  const subscriptions = new Set<Subscription>();
  const context = { database, wakeUps, log, outage, leaseMs, pollMs: { shortest: 5, longest: 250 } };
  let closed = false;

  const clean = () => deleteExpired(database, retentionMs);
  const cleaning = setInterval(
    () => clean().catch((error: unknown) => log.warn({ error }, "retention failed")),
    CLEAN_EVERY_MS,
  );
  cleaning.unref();

  function refuseWhenClosed(): void {
    if (closed) throw new BrokerClosedError();
  }

  return {
    async ensureTopics(specs) {
      refuseWhenClosed();
      await topics.ensure(specs);
    },
    publish: (records) => publisher.publish(records),
    async subscribe(wanted, onBatch) {
      refuseWhenClosed();
      for (const topic of wanted.topics) await topics.partitions(topic);
      const subscription = await startSubscription(context, wanted, onBatch);
      subscriptions.add(subscription);
      const forget = () => subscriptions.delete(subscription);
      subscription.ended.then(forget, forget);
      return subscription;
    },
    async positions(group) {
      refuseWhenClosed();
      return groupPositions(database, group);
    },
    async seek(group, topic, partition, offset) {
      refuseWhenClosed();
      wakeUps.records([await seekGroup(database, group, topic, partition, offset)]);
    },
    async deleteExpired() {
      refuseWhenClosed();
      return clean();
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(cleaning);
      await Promise.all([publisher.close(), ...[...subscriptions].map((subscription) => subscription.close())]);
      await wakeUps.close();
      await database.close();
    },
  };
}

const MIGRATIONS = new URL("./migrations/", import.meta.url);
