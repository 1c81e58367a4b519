import type { Database } from "../database/database.ts";
import { type BlockedAggregate, type RelayStatus, relayStatus } from "../outbox/status.ts";
import { unpark } from "../outbox/unpark.ts";
import type { AdminVerbs } from "./admin.ts";
import type { OutboxStatus } from "./admin-api.ts";
import type { ServiceDefinition } from "./definition.ts";

/** What operators ask for, answered from the service's own database. */
export function adminVerbs(definition: ServiceDefinition, database: Database): AdminVerbs {
  return {
    deadLetters: {
      list: async () => ({ items: [], total: 0 }),
      show: async () => undefined,
      replay: async () => false,
      discard: async () => false,
      replayAll: async () => 0,
      discardAll: async () => 0,
    },
    outbox: {
      status: async () => (definition.outbox === undefined ? NO_OUTBOX : outboxStatus(await relayStatus(database))),
      unpark: async (aggregateType, aggregateId) =>
        definition.outbox !== undefined && (await unpark(database, { aggregateType, aggregateId })) > 0,
    },
  };
}

const NO_OUTBOX: OutboxStatus = { unpublished: 0, oldestUnpublishedSeconds: 0, parked: [] };

function outboxStatus({ unpublished, oldestUnpublishedSeconds, parked }: RelayStatus): OutboxStatus {
  return { unpublished, oldestUnpublishedSeconds, parked: parked.map(parkedAggregate) };
}

function parkedAggregate({ topic, aggregateType, aggregateId, messageId, attempts, reason, since }: BlockedAggregate) {
  return { topic, aggregateType, aggregateId, messageId, attempts, error: reason, since: since.toISOString() };
}
