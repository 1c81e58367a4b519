import type { Database } from "../../database/database.ts";
import type { TopicSpec } from "../broker.ts";
import { UnknownTopicError } from "./errors.ts";

/** One partition of a topic, as the tables know it. */
export interface PartitionRow {
  readonly id: number;
  readonly topic: string;
  readonly number: number;
}

/** Finds the partitions of topics. Topics do not change, so each is looked up once. */
export interface Topics {
  ensure(topics: readonly TopicSpec[]): Promise<void>;
  /** Partitions of a topic by their number. Rejects with `UnknownTopicError`. */
  partitions(topic: string): Promise<readonly PartitionRow[]>;
}

export function createTopics(database: Database): Topics {
  const known = new Map<string, readonly PartitionRow[]>();
  return {
    async ensure(topics) {
      // In one order everywhere: services that start at once insert the same topics, and would deadlock.
      const sorted = [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
      await database.query(CREATE_TOPICS, [sorted.map(({ name }) => name), sorted.map(({ partitions }) => partitions)]);
    },
    async partitions(topic) {
      const cached = known.get(topic);
      if (cached !== undefined) return cached;
      const { rows } = await database.query<{ id: number; topic: string; number: number }>(PARTITIONS_OF_TOPIC, [
        topic,
      ]);
      if (rows.length === 0) throw new UnknownTopicError(topic);
      known.set(topic, rows);
      return rows;
    },
  };
}

/** One statement, so that a topic is never seen without its partitions. */
const CREATE_TOPICS = `
  WITH made AS (
    INSERT INTO broker.topic (name, partitions)
    SELECT * FROM unnest($1::text[], $2::int[])
        ON CONFLICT (name) DO NOTHING
    RETURNING name, partitions
  )
  INSERT INTO broker.partition (topic, number)
  SELECT made.name, number FROM made, generate_series(0, made.partitions - 1) AS number
   ORDER BY made.name, number`;

const PARTITIONS_OF_TOPIC = `
  SELECT id, topic, number FROM broker.partition WHERE topic = $1 ORDER BY number`;
