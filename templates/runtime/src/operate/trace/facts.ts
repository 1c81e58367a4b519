import type { JournaledMessage, JournaledRequest, ServiceJournal } from "../../service/admin-journal-api.ts";
import { span } from "../screen.ts";
import { detail, type Fact, type Handling, handledAfter, type Kind, nameOf, type Sent } from "./fact.ts";
import { letterFacts } from "./letter-facts.ts";
import { sagaFacts, toldBySagas } from "./saga-facts.ts";

/** What the journals of the services, and the handlings of their messages, tell to have happened; in no order. */
export function factsOf(journals: readonly ServiceJournal[], handlings: readonly Handling[]): readonly Fact[] {
  const messages = new Map(
    journals.flatMap(({ service, messages: all }) =>
      all.map((message) => [message.id, { ...message, service }] as const),
    ),
  );
  const isTold = toldBySagas(journals);
  const lettered = new Set(
    journals.flatMap(({ deadLetters }) =>
      deadLetters.filter(({ status }) => status !== "replayed").map((one) => `${one.consumer} ${one.messageId}`),
    ),
  );
  return [
    ...journals.flatMap(({ service, requests }) => requests.map((request) => requestFact(service, request))),
    ...[...messages.values()].map(messageFact),
    ...handlings
      // A saga's own log says what its host has done with a message, and a dead letter that it has not been handled.
      .filter((handling) => !isTold(handling))
      .filter(({ consumer, messageId }) => !lettered.has(`${consumer} ${messageId}`))
      .map((handling) => handlingFact(handling, messages.get(handling.messageId))),
    ...journals.flatMap((journal) => sagaFacts(journal, messages)),
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
    // What a reply settles, its saga says.
    step === undefined || message.outcome !== undefined ? "" : `[${step}]`,
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
  const spent = message === undefined ? undefined : handledAfter(message, at);
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
      ...detail([
        spent === undefined ? "" : `after ${span(spent)}`,
        [service, `${service}.commands`, `${service}.choreography`].includes(consumer) ? "" : `by ${consumer}`,
      ]),
    },
  };
}
