import type {
  SagaInput,
  SagaReply,
  SagaTimer,
  SendCommand,
} from "../../../../../templates/runtime/src/saga/transition.ts";
import { type Participants, participants } from "./participant.ts";
import type { RandomSaga } from "./random-saga.ts";
import { createStore, type Observer, type Store } from "./store.ts";

export const trigger: SagaInput = { type: "triggered", id: "random:1", data: { key: "1" } };

/** A host, its participants, and what is under way between them. */
export interface World {
  readonly store: Store;
  readonly services: Participants;
  /** Commands on their topics, in the order of R14; replies on theirs, in none. */
  readonly commands: SendCommand[];
  readonly replies: SagaReply[];
  /** All that ever was, for duplicates. */
  readonly sent: readonly SendCommand[];
  readonly answered: readonly SagaReply[];
  readonly fired: readonly SagaTimer[];
  /** By stage, what an operator has asked its participant last: `s1/forward`. */
  readonly asked: Map<string, "skip" | "fail">;
  topics(): readonly string[];
  /** The relay sends the next row of a topic. */
  relay(topic: string): void;
  /** A participant handles the command at that place. */
  deliver(index: number): void;
  fire(timer: SagaTimer): void;
  /** The worker of an external call goes one phase on. */
  work(index: number): void;
  /** The machine hears of the next row that was parked, or given back. */
  notify(): void;
}

export function createWorld(saga: RandomSaga, observer: Observer): World {
  const store = createStore(saga.definition, trigger, observer);
  const services = participants(saga);
  const commands: SendCommand[] = [];
  const replies: SagaReply[] = [];
  const sent: SendCommand[] = [];
  const answered: SagaReply[] = [];
  const fired: SagaTimer[] = [];

  const answer = (reply: SagaReply) => {
    replies.push(reply);
    answered.push(reply);
  };

  return {
    store,
    services,
    commands,
    replies,
    sent,
    answered,
    fired,
    asked: new Map(),
    topics: () => [...store.outboxes.keys()],
    relay(topic) {
      const command = store.send(topic);
      if (command === undefined) return;
      commands.push(command);
      sent.push(command);
    },
    deliver(index) {
      const [command] = commands.splice(index, 1);
      if (command === undefined) return;
      const result = services.handle(command);
      if (result === "again") commands.push(command);
      else if (typeof result === "object") answer(result);
    },
    fire(timer) {
      fired.push(timer);
      store.apply({ type: "timer", timer });
    },
    work(index) {
      const call = services.calls[index];
      const reply = call === undefined ? undefined : services.work(call);
      if (reply !== undefined) answer(reply);
    },
    notify() {
      const notice = store.notices.shift();
      if (notice !== undefined) store.apply(notice);
    },
  };
}
