import type { Transaction } from "../../database/database.ts";
import { insertMessages } from "../../outbox/insert.ts";
import type { InsertMessages } from "../../outbox/outbox.ts";
import { decideByStyle } from "../decide-by-style.ts";
import { type JsonObject, type SagaDefinition, sagaId } from "../definition.ts";
import { jsonHash } from "../hash.ts";
import type { Applied, Orchestrator, SagaChange } from "../orchestrator.ts";
import type { Decide, SagaInput, SagaState } from "../transition.ts";
import type { Definitions } from "./definitions.ts";
import { collectMoves, type Moves } from "./moves.ts";
import type { HearNews, SagaNews } from "./news.ts";
import { sagaQuery } from "./queries.ts";
import type { Subject } from "./subject.ts";
import { writeMoves } from "./write-moves.ts";

const LOAD = sagaQuery("load");

export interface OrchestratorOptions {
  /** `orders`: the service that hosts the sagas. */
  readonly service: string;
  readonly definitions: Definitions;
  /** From 0 up to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number;
  readonly decide?: Decide;
  /** The way into the outbox. Default: the plain one. */
  readonly insertMessages?: InsertMessages;
  /** Hears what `apply` has done, before the caller's transaction commits. */
  readonly hear?: HearNews;
}

/** An orchestrator of many sagas at once: what the consumers and the timers of this process use. */
export interface SetOrchestrator extends Orchestrator {
  /**
   * The same for several changes, in order, whatever sagas they are of; a saga may come more than once. One statement
   * each for all of them.
   */
  applyAll(tx: Transaction, changes: readonly SetChange[]): Promise<readonly Moved[]>;
  /**
   * Begins a saga for each trigger whose saga is not there yet (R1). `admit` is told how many that are, after they are
   * known and before any has begun; it may throw.
   */
  begin(
    tx: Transaction,
    triggers: readonly SagaTrigger[],
    admit?: (fresh: number) => Promise<void>,
  ): Promise<readonly Begun[]>;
  /** Lets choreographies see what has happened, in order. The first that is seen of one begins it, whatever it is. */
  watch(tx: Transaction, sights: readonly SagaSight[]): Promise<readonly Moved[]>;
}

export interface SetChange extends Omit<SagaChange, "input"> {
  /** A function: what it is follows from the definition that the saga began with (R10). */
  readonly input: SagaInput | ((definition: SagaDefinition) => SagaInput);
}

export interface Moved {
  readonly applied: Applied;
  /** To be told once the transaction has committed. */
  readonly news: readonly SagaNews[];
}

export interface SagaTrigger {
  readonly saga: string;
  readonly key: string;
  readonly data: JsonObject;
  readonly messageId: string;
  readonly correlationid: string;
  readonly traceparent: string | undefined;
}

/** Something that a choreography's watchdog sees. */
export interface SagaSight extends SagaTrigger {
  /** By the definition that the saga began with (R10). */
  readonly input: (definition: SagaDefinition) => SagaInput;
}

export interface Begun {
  readonly outcome: "begun" | "there-already" | "another-payload";
  readonly news: readonly SagaNews[];
}

type Row = {
  readonly id: string;
  readonly saga: string;
  readonly definitionHash: string;
  readonly revision: bigint;
  readonly state: SagaState;
  readonly fingerprint: string;
  readonly correlationid: string;
  readonly traceparent: string | null;
};

export function createOrchestrator(options: OrchestratorOptions): SetOrchestrator {
  const { service, definitions, decide = decideByStyle, random = Math.random, hear } = options;
  const insert = options.insertMessages ?? insertMessages;
  const collect = () => collectMoves({ service, decide, random });

  async function load(tx: Transaction, ids: readonly string[]): Promise<Map<string, Subject>> {
    const { rows } = await tx.query<Row>(LOAD, [[...new Set(ids)]]);
    const known = await definitions.byHash(
      tx,
      rows.map(({ definitionHash }) => definitionHash),
    );
    return new Map(
      rows.map(({ definitionHash: hash, revision, traceparent, ...row }) => {
        const definition = known.get(hash);
        if (definition === undefined) throw new Error(`${row.id}: its definition ${hash} is not stored`);
        return [
          row.id,
          { ...row, definition, hash, seen: revision, revision, traceparent: traceparent ?? undefined },
        ] as const;
      }),
    );
  }

  async function applyAll(tx: Transaction, changes: readonly SetChange[]): Promise<readonly Moved[]> {
    const subjects = await load(
      tx,
      changes.map(({ id }) => id),
    );
    const moves = collect();
    const moved = changes.map((change) => applyOne(moves, subjects.get(change.id), change));
    await writeMoves(tx, moves, insert);
    return moved;
  }

  return {
    applyAll,

    async apply(tx, change) {
      const [moved] = await applyAll(tx, [change]);
      hear?.(moved!.news);
      return moved!.applied;
    },

    async begin(tx, triggers, admit) {
      const ids = triggers.map(({ saga, key }) => sagaId(saga, key));
      const subjects = await load(tx, ids);
      await admit?.(new Set(ids.filter((id) => !subjects.has(id))).size);
      const moves = collect();
      const begun = triggers.map((trigger, at) => {
        const id = ids[at]!;
        const subject = subjects.get(id);
        if (subject !== undefined) return again(moves, subject, trigger);
        const { subject: fresh, begun } = beginOne(moves, definitions, id, trigger);
        subjects.set(id, fresh);
        return begun;
      });
      await writeMoves(tx, moves, insert);
      return begun;
    },

    async watch(tx, sights) {
      const ids = sights.map(({ saga, key }) => sagaId(saga, key));
      const subjects = await load(tx, ids);
      const moves = collect();
      const moved = sights.map((sight, at) => {
        const id = ids[at]!;
        const subject = subjects.get(id) ?? freshSubject(definitions, id, sight);
        subjects.set(id, subject);
        return seeOne(moves, subject, sight);
      });
      await writeMoves(tx, moves, insert);
      return moved;
    },
  };
}

function applyOne(moves: Moves, subject: Subject | undefined, change: SetChange): Moved {
  if (subject === undefined) return { applied: { outcome: "unknown-saga" }, news: [] };
  const { revision } = subject;
  if (change.revision !== undefined && change.revision !== revision) {
    return { applied: { outcome: "moved-on", revision }, news: [] };
  }
  const news: SagaNews[] = [];
  const input = typeof change.input === "function" ? change.input(subject.definition) : change.input;
  const changed = moves.move(subject, input, change, news);
  return { applied: { outcome: changed ? "applied" : "ignored", revision: subject.revision }, news };
}

function freshSubject(
  definitions: Definitions,
  id: string,
  { saga, key, data, messageId, correlationid, traceparent }: SagaTrigger,
): Subject {
  const current = definitions.current(saga);
  if (current === undefined) throw new Error(`this service does not host ${saga}`);
  return {
    id,
    ...current,
    fingerprint: jsonHash(data),
    correlationid,
    traceparent,
    begun: { key, triggerId: messageId },
    revision: 0n,
    state: undefined,
  };
}

function beginOne(
  moves: Moves,
  definitions: Definitions,
  id: string,
  trigger: SagaTrigger,
): { readonly subject: Subject; readonly begun: Begun } {
  const { data, messageId } = trigger;
  const subject = freshSubject(definitions, id, trigger);
  const news: SagaNews[] = [];
  moves.move(subject, { type: "triggered", id, data }, { causedBy: messageId }, news);
  return { subject, begun: { outcome: "begun", news } };
}

function seeOne(moves: Moves, subject: Subject, sight: SagaSight): Moved {
  const input = sight.input(subject.definition);
  const { messageId: causedBy, traceparent } = sight;
  const trigger = subject.state?.trigger ?? {};
  if (input.type === "triggered" && Object.keys(trigger).length > 0) {
    // What began it need not have been its trigger, so that its row's fingerprint does not tell.
    const { news } = again(moves, { ...subject, fingerprint: jsonHash(trigger) }, sight);
    return { applied: { outcome: "ignored", revision: subject.revision }, news };
  }
  return applyOne(moves, subject, { id: subject.id, input, causedBy, ...(traceparent && { traceparent }) });
}

/** R1: the same trigger again is nothing; the same id with another payload is an error, recorded. */
function again(moves: Moves, subject: Subject, { saga, data, messageId }: SagaTrigger): Begun {
  if (jsonHash(data) === subject.fingerprint) return { outcome: "there-already", news: [] };
  moves.note(subject, { what: "another-payload", detail: { trigger: data } }, { causedBy: messageId });
  const news: SagaNews = { saga, id: subject.id, type: "another-payload", trigger: messageId };
  return { outcome: "another-payload", news: [news] };
}
