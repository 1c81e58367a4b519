import type { Transaction } from "../../database/database.ts";
import { insertMessages } from "../../outbox/insert.ts";
import type { InsertMessages } from "../../outbox/outbox.ts";
import { decideByStyle } from "../decide-by-style.ts";
import { type JsonObject, type SagaDefinition, sagaId } from "../definition.ts";
import type { Moved, Orchestrator, SagaChange } from "../orchestrator.ts";
import type { Decide, SagaInput } from "../transition.ts";
import type { Definitions } from "./definitions.ts";
import { loadSubjects } from "./load-subjects.ts";
import { collectMoves } from "./moves.ts";
import type { SagaNews } from "./news.ts";
import { again, applyOne, beginOne, freshSubject, seeOne } from "./one-saga.ts";
import { writeMoves } from "./write-moves.ts";

export interface OrchestratorOptions {
  /** `orders`: the service that hosts the sagas. */
  readonly service: string;
  readonly definitions: Definitions;
  /** From 0 up to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number;
  readonly decide?: Decide;
  /** The way into the outbox. Default: the plain one. */
  readonly insertMessages?: InsertMessages;
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

export function createOrchestrator(options: OrchestratorOptions): SetOrchestrator {
  const { service, definitions, decide = decideByStyle, random = Math.random } = options;
  const insert = options.insertMessages ?? insertMessages;
  const collect = () => collectMoves({ service, decide, random });

  async function applyAll(tx: Transaction, changes: readonly SetChange[]): Promise<readonly Moved[]> {
    const subjects = await loadSubjects(
      tx,
      changes.map(({ id }) => id),
      definitions,
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
      return moved!;
    },

    async begin(tx, triggers, admit) {
      const ids = triggers.map(({ saga, key }) => sagaId(saga, key));
      const subjects = await loadSubjects(tx, ids, definitions);
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
      const subjects = await loadSubjects(tx, ids, definitions);
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
