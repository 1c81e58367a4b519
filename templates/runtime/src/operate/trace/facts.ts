import type {
  JournaledLetter,
  JournaledMessage,
  JournaledMove,
  JournaledRequest,
  JournaledSaga,
  ServiceJournal,
} from "../../service/admin-journal-api.ts";

/** What kind of thing happened, in the words of the timeline. */
export type Kind =
  | "request"
  | "event"
  | "command"
  | "compensation"
  | "retry"
  | "reply"
  | "no-op"
  | "handled"
  | "saga"
  | "timeout"
  | "stuck"
  | "dead letter"
  | "waiting"
  | "operator";

/** One thing that a service knows to have happened. */
export interface Told {
  readonly service: string;
  readonly kind: Kind;
  /** `OrderPlaced`, `reserve-stock succeeded`. */
  readonly what: string;
  readonly messageId?: string;
  /** Of a message that was handled, or could not be: who wrote it. */
  readonly sender?: string;
  readonly consumer?: string;
  readonly sagaId?: string;
  readonly step?: string;
  /** From the message's writing to its handling. */
  readonly handledAfterMs?: number;
  readonly detail?: string;
}

export interface Fact {
  readonly at: string;
  readonly told: Told;
  /** Of a message; its handlings and moves refer to it. */
  readonly id?: string;
  /** Ids of messages that came before it. */
  readonly causes: readonly string[];
  /** Id of the message that led to this one. */
  readonly from?: string;
}

/** That a consumer has decided about a message. */
export interface Handling {
  readonly service: string;
  readonly messageId: string;
  readonly consumer: string;
  readonly at: string;
}

interface Sent extends JournaledMessage {
  readonly service: string;
}

export function factsOf(journals: readonly ServiceJournal[], handlings: readonly Handling[]): readonly Fact[] {
  const messages = new Map(
    journals.flatMap(({ service, messages: all }) =>
      all.map((message) => [message.id, { ...message, service }] as const),
    ),
  );
  const sent = new Set([...messages.values()].map(stageKey));
  const moved = new Set(
    journals.flatMap(({ service, sagas }) =>
      sagas.flatMap(({ log }) => log.map(({ causedBy }) => `${service} ${causedBy}`)),
    ),
  );
  const lettered = new Set(
    journals.flatMap(({ deadLetters }) =>
      deadLetters.filter(({ status }) => status !== "replayed").map((one) => `${one.consumer} ${one.messageId}`),
    ),
  );
  return [
    ...journals.flatMap(({ service, requests }) => requests.map((request) => requestFact(service, request))),
    ...[...messages.values()].map(messageFact),
    ...handlings
      // A saga's own log says what the host has done with a message, and a dead letter that it has not been handled.
      .filter(({ service, messageId }) => !moved.has(`${service} ${messageId}`))
      .filter(({ consumer, messageId }) => !lettered.has(`${consumer} ${messageId}`))
      .map((handling) => handlingFact(handling, messages.get(handling.messageId))),
    ...journals.flatMap(({ service, sagas }) =>
      sagas.flatMap((saga) =>
        saga.log
          .filter((move) => !SENDS.has(move.what) || !sent.has(stageKey({ ...move, sagaId: saga.id })))
          .map((move) => moveFact(service, saga, move)),
      ),
    ),
    ...journals.flatMap(({ service, deadLetters }) =>
      deadLetters.flatMap((letter) => letterFacts(service, letter, messages.get(letter.messageId ?? ""))),
    ),
  ];
}

function requestFact(service: string, { at, command, status, milliseconds, replayed }: JournaledRequest): Fact {
  const again = replayed ? ", the answer of an earlier request" : "";
  return {
    at,
    causes: [],
    told: { service, kind: "request", what: command, detail: `answered ${status} in ${milliseconds} ms${again}` },
  };
}

function messageFact(message: Sent): Fact {
  const { id, at, service, causationId, sagaId, step } = message;
  const about = [
    step === undefined ? "" : `step ${step}`,
    message.outcome === undefined || message.outcome === "success" ? "" : message.outcome,
    message.sentAt === undefined ? (message.parked === undefined ? "not sent yet" : `parked: ${message.parked}`) : "",
  ];
  return {
    at,
    id,
    causes: causationId === undefined ? [] : [causationId],
    ...(causationId === undefined ? {} : { from: causationId }),
    told: {
      service,
      kind: kindOf(message),
      what: nameOf(message.type),
      messageId: id,
      ...(sagaId === undefined ? {} : { sagaId }),
      ...(step === undefined ? {} : { step }),
      ...detail(about),
    },
  };
}

function kindOf({ outcome, noop, purpose, attempt = 1, direction, step }: JournaledMessage): Kind {
  if (outcome !== undefined) return noop === true ? "no-op" : "reply";
  if (step === undefined || purpose === undefined) return "event";
  if (purpose === "tombstone") return "operator";
  if (attempt > 1) return "retry";
  return direction === "compensation" ? "compensation" : "command";
}

function handlingFact({ service, messageId, consumer, at }: Handling, message: Sent | undefined): Fact {
  const spent = message === undefined ? undefined : Math.max(0, Date.parse(at) - Date.parse(message.at));
  return {
    at,
    causes: [messageId],
    told: {
      service,
      kind: "handled",
      what: message === undefined ? "a message" : nameOf(message.type),
      messageId,
      consumer,
      ...(message === undefined ? {} : { sender: message.service }),
      ...(spent === undefined ? {} : { handledAfterMs: spent }),
      ...detail([consumer === service ? "" : `by ${consumer}`, spent === undefined ? "" : `after ${spent} ms`]),
    },
  };
}

/** Log entries that say what a message says too. */
const SENDS: ReadonlySet<string> = new Set(["command-sent", "tombstone-sent"]);

const MOVES: Readonly<Record<string, Kind>> = {
  "timed-out": "timeout",
  "deadline-passed": "timeout",
  "command-sent": "command",
  "tombstone-sent": "operator",
  "compensation-begun": "compensation",
  "nothing-to-undo": "no-op",
  "reply-unhandled": "stuck",
};

function moveFact(service: string, { id: sagaId }: JournaledSaga, move: JournaledMove): Fact {
  const { at, what, step, direction, attempt, causedBy } = move;
  const compensates = direction === "compensation" && step !== undefined ? " (compensation)" : "";
  return {
    at,
    causes: causedBy === undefined ? [] : [causedBy],
    told: {
      service,
      kind: MOVES[what] ?? (/stuck/.test(what) ? "stuck" : /^operator/.test(what) ? "operator" : "saga"),
      what: `${step === undefined ? "" : `${step}${compensates} `}${what.replaceAll("-", " ")}`,
      sagaId,
      ...(step === undefined ? {} : { step }),
      ...detail([
        attempt === undefined || attempt < 2 ? "" : `attempt ${attempt}`,
        move.detail === undefined ? "" : typeof move.detail === "string" ? move.detail : JSON.stringify(move.detail),
      ]),
    },
  };
}

function letterFacts(service: string, letter: JournaledLetter, message: Sent | undefined): readonly Fact[] {
  const { consumer, messageId, type, status, attempts, error, at, resolvedAt, reason } = letter;
  const told = {
    service,
    what: nameOf(type),
    consumer,
    ...(messageId === undefined ? {} : { messageId }),
    ...(message === undefined ? {} : { sender: message.service }),
  };
  const causes = messageId === undefined ? [] : [messageId];
  const waited = attempts === 0;
  const tried = `given up after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${error}`;
  const resolution = status === "discarded" ? `discarded: ${reason ?? ""}` : "replayed";
  return [
    {
      at,
      causes,
      told: { ...told, kind: waited ? "waiting" : "dead letter", ...detail([waited ? error : tried]) },
    },
    ...(resolvedAt === undefined || (waited && status === "replayed")
      ? []
      : [{ at: resolvedAt, causes, told: { ...told, kind: "operator" as const, ...detail([resolution]) } }]),
  ];
}

type Staged = Pick<JournaledMove, "step" | "direction" | "round" | "attempt"> & { readonly sagaId?: string };

function stageKey({ sagaId, step, direction, round, attempt }: Staged): string {
  return [sagaId, step, direction, round, attempt].join(" ");
}

/** `OrderPlaced` of `orders.OrderPlaced`: who wrote it is said beside. */
function nameOf(type: string): string {
  return type.slice(type.indexOf(".") + 1);
}

function detail(parts: readonly string[]): { readonly detail?: string } {
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? {} : { detail: text };
}
