import type { Database } from "../database/database.ts";
import { DeadLetterCountError, DeadLetterNotFoundError, DeadLetterStateError } from "../inbox/dead-letter-errors.ts";
import * as letters from "../inbox/dead-letters.ts";
import { readHandled, readJournal } from "../journal/read-journal.ts";
import { type BlockedAggregate, type RelayStatus, relayStatus } from "../outbox/status.ts";
import { unpark } from "../outbox/unpark.ts";
import type { AdminVerbs } from "./admin.ts";
import type { DeadLetterDetail, DeadLetterSummary, OutboxStatus, ParkedAggregate } from "./admin-api.ts";
import type { SagaVerbs } from "./admin-sagas.ts";
import type { ServiceDefinition } from "./definition.ts";
import { Problem } from "./problem.ts";
import { noSagas } from "./saga-verbs.ts";

/** What operators ask for, answered from the service's own database. */
export function adminVerbs(definition: ServiceDefinition, database: Database, sagas: SagaVerbs = noSagas): AdminVerbs {
  return {
    sagas,
    journal: {
      show: (id) => readJournal(database, definition, id),
      handled: (ids) => readHandled(database, ids),
    },
    deadLetters: {
      async list(filter, { limit, after }) {
        const page = { limit, ...(after === undefined ? {} : { after: BigInt(after) }) };
        // The count first: a letter that comes in between is on the page and not yet in the total, never the reverse.
        const total = await letters.countDeadLetters(database, filter);
        const items = await letters.listDeadLetters(database, filter, page);
        return { items: items.map(summary), total };
      },
      show: (id) => found(async () => detail(await letters.showDeadLetter(database, BigInt(id)))),
      replay: async (id) => (await found(() => letters.replayDeadLetter(database, BigInt(id)))) !== undefined,
      discard: async (id, reason) =>
        (await found(() => letters.discardDeadLetter(database, BigInt(id), reason))) !== undefined,
      replayAll: (filter, expected) => counted(letters.replayDeadLetters(database, filter, expected)),
      discardAll: (filter, expected, reason) => counted(letters.discardDeadLetters(database, filter, expected, reason)),
    },
    outbox: {
      status: async () => (definition.outbox === undefined ? NO_OUTBOX : outboxStatus(await relayStatus(database))),
      unpark: async (aggregateType, aggregateId) =>
        definition.outbox !== undefined && (await unpark(database, { aggregateType, aggregateId })) > 0,
    },
  };
}

async function found<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DeadLetterNotFoundError) return undefined;
    if (error instanceof DeadLetterStateError) throw new Problem(409, error.message);
    throw error;
  }
}

/** Resolves to how many match, also when nothing was done because they are not as many as expected. */
async function counted(work: Promise<number>): Promise<number> {
  return work.catch((error: unknown) => {
    if (error instanceof DeadLetterCountError) return error.actual;
    throw error;
  });
}

function summary(letter: letters.DeadLetterSummary): DeadLetterSummary {
  const { id, consumer, messageId, type, topic, key, status, attempts } = letter;
  return {
    id: String(id),
    consumer,
    ...(messageId === null ? {} : { messageId }),
    type: type ?? "(unreadable)",
    topic,
    key,
    status,
    attempts,
    error: letter.error ?? (status === "waiting" ? "waits behind an earlier one of its key" : ""),
    failedAt: (letter.lastFailedAt ?? letter.createdAt).toISOString(),
  };
}

function detail(letter: letters.DeadLetter): DeadLetterDetail {
  const { stack, partition, offset, headers, payload, reason } = letter;
  return {
    ...summary(letter),
    ...(stack === null ? {} : { stack }),
    partition,
    offset: String(offset),
    headers,
    data: readValue(payload),
    ...(reason === null ? {} : { reason }),
  };
}

function readValue(payload: Uint8Array): unknown {
  const text = new TextDecoder().decode(payload);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const NO_OUTBOX: OutboxStatus = {
  unpublished: 0,
  oldestUnpublishedSeconds: 0,
  oldestTransactionSeconds: 0,
  parked: [],
};

function outboxStatus({ unpublished, oldestUnpublishedSeconds, oldestTransaction, parked }: RelayStatus): OutboxStatus {
  const oldestTransactionSeconds = oldestTransaction.seconds;
  return { unpublished, oldestUnpublishedSeconds, oldestTransactionSeconds, parked: parked.map(parkedAggregate) };
}

function parkedAggregate(blocked: BlockedAggregate): ParkedAggregate {
  const { topic, aggregateType, aggregateId, messageId, attempts, reason, since } = blocked;
  return { topic, aggregateType, aggregateId, messageId, attempts, error: reason, since: since.toISOString() };
}
