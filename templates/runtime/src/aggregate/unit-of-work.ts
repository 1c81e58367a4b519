import type { Transaction } from "../database/database.ts";
import type { OutboxMessage } from "../outbox/outbox.ts";
import type { NamedCommand, NamedEvent, Outcome } from "../service/definition.ts";
import { type Aggregate, aggregateId, type Cause, evolved, messagesOf, tokenOf } from "./execute.ts";
import type { Loaded } from "./persistence.ts";

/**
 * Several commands in one transaction, in few statements: aggregates are loaded together and stored together, and what
 * is published goes into the outbox at the end, in the order in which it came.
 */
export interface UnitOfWork<Command extends NamedCommand, Event extends NamedEvent> {
  /** Locks and loads those aggregates that are about to be used. */
  prefetch(ids: readonly string[]): Promise<void>;
  /** As `executeCommand` does; stored and published by `finish`. */
  execute(command: Command, cause: Cause): Promise<Outcome<Event>>;
  /** Publishes a message in its place among the events. */
  send(message: OutboxMessage): void;
  /** Stores the aggregates, so that statements of an author see them. */
  store(): Promise<void>;
  /** Stores and publishes all. Nothing is done before that but locks. */
  finish(): Promise<void>;
}

/** An aggregate in this transaction. */
interface Held<State, Event> {
  /** As it is in the database. */
  stored: Loaded<State>;
  current: Loaded<State>;
  events: Event[];
}

export function unitOfWork<State, Command extends NamedCommand, Event extends NamedEvent>(
  aggregate: Aggregate<State, Command, Event>,
  tx: Transaction,
): UnitOfWork<Command, Event> {
  const { definition, decider, persistence } = aggregate;
  const held = new Map<string, Held<State, Event>>();
  const messages: OutboxMessage[] = [];

  const hold = (id: string, loaded: Loaded<State>): Held<State, Event> => {
    const entry = { stored: loaded, current: loaded, events: [] };
    held.set(id, entry);
    return entry;
  };

  async function store(): Promise<void> {
    const changes = [...held].flatMap(([id, { stored, current, events }]) =>
      events.length === 0 ? [] : [{ id, from: stored.version, to: current.version, state: current.state, events }],
    );
    if (changes.length === 0) return;
    if (persistence.storeAll === undefined) {
      for (const change of changes) await persistence.store(tx, change.id, change);
    } else await persistence.storeAll(tx, changes);
    for (const { id } of changes) {
      const entry = held.get(id)!;
      entry.stored = entry.current;
      entry.events = [];
    }
  }

  return {
    async prefetch(ids) {
      const missing = [...new Set(ids)].filter((id) => !held.has(id));
      if (missing.length < 2 || persistence.loadAll === undefined) return;
      for (const [id, loaded] of await persistence.loadAll(tx, missing)) hold(id, loaded);
    },

    async execute(command, cause) {
      const id = aggregateId(definition, command);
      const entry = held.get(id) ?? hold(id, await persistence.load(tx, id));
      const before = entry.current;
      const events = decider.decide(command, before.state);
      entry.current = evolved(aggregate, id, before, command, events);
      entry.events.push(...events);
      messages.push(...messagesOf(definition, id, before.version, events, cause));
      return { events, token: tokenOf(definition, id, entry.current.version) };
    },

    send: (message) => void messages.push(message),
    store,

    async finish() {
      await store();
      for (const [id, { stored }] of held) if (stored.version === 0n) await persistence.release(tx, id, stored);
      // After every lock: rows of one aggregate get their outbox positions in the order of its versions.
      if (messages.length > 0) await aggregate.insertMessages(tx, messages);
    },
  };
}
