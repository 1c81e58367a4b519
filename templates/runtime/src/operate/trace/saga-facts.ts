import type { Json, JsonObject } from "../../saga/definition.ts";
import type { JournaledMove, ServiceJournal } from "../../service/admin-journal-api.ts";
import { span } from "../screen.ts";
import { detail, type Fact, type Handling, handledAfter, type Kind, nameOf, type Sent } from "./fact.ts";

/** What the log of a service's sagas says, but for what the messages that they sent say themselves. */
export function sagaFacts({ service, sagas }: ServiceJournal, messages: ReadonlyMap<string, Sent>): readonly Fact[] {
  const sent = new Set([...messages.values()].filter(({ purpose }) => purpose !== undefined).map(stageKey));
  return sagas.flatMap(({ id: sagaId, log }) => {
    const arrived = new Set<string>();
    return log
      .filter((move) => !(SENDS.has(move.what) && sent.has(stageKey({ ...move, sagaId }))))
      .map((move) => {
        const first = move.causedBy !== undefined && !arrived.has(move.causedBy);
        if (move.causedBy !== undefined) arrived.add(move.causedBy);
        return moveFact(service, sagaId, move, first ? messages.get(move.causedBy ?? "") : undefined);
      });
  });
}

/** Whether a saga's log tells of the same: of a message that its host has taken as a trigger or a reply. */
export function toldBySagas(journals: readonly ServiceJournal[]): (handling: Handling) => boolean {
  const caused = new Set(
    journals.flatMap(({ service, sagas }) =>
      sagas.flatMap(({ log }) => log.map(({ causedBy }) => `${service} ${causedBy}`)),
    ),
  );
  // A host's reactions, commands and steps are handled by consumers of these names, whatever its sagas do with the message.
  return ({ service, messageId, consumer }) =>
    ![service, `${service}.commands`, `${service}.choreography`].includes(consumer) &&
    caused.has(`${service} ${messageId}`);
}

/** @param message the one that led to it, where this is the first move that it has led to */
function moveFact(service: string, sagaId: string, move: JournaledMove, message: Sent | undefined): Fact {
  const { at, what, step, attempt, causedBy } = move;
  const spent = message === undefined ? undefined : handledAfter(message, at);
  return {
    at,
    causes: causedBy === undefined ? [] : [causedBy],
    told: {
      service,
      kind: MOVES[what] ?? (/stuck/.test(what) ? "stuck" : /^operator/.test(what) ? "operator" : "saga"),
      what: nameOfMove(move),
      sagaId,
      ...(step === undefined ? {} : { step }),
      ...(message === undefined || spent === undefined
        ? {}
        : { messageId: message.id, sender: message.service, handledAfterMs: spent }),
      ...detail([
        attempt === undefined || attempt < 2 ? "" : `attempt ${attempt}`,
        move.detail === undefined ? "" : words(move.detail),
        message === undefined ? "" : `by ${nameOf(message.type)} ${message.id.slice(-8)}, after ${span(spent ?? 0)}`,
      ]),
    },
  };
}

/** `reserve-stock succeeded`, `reserve-stock compensated`, `compensation begun`. */
function nameOfMove({ what, step, direction }: JournaledMove): string {
  if (step === undefined) return what.replaceAll("-", " ");
  if (direction !== "compensation") return `${step} ${what.replace(/^step-/, "").replaceAll("-", " ")}`;
  if (what === "step-succeeded") return `${step} compensated`;
  return `${step} compensation ${what.replace(/^step-/, "").replaceAll("-", " ")}`;
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

/** A reason where the log gives one: what else it keeps is a message's data. */
function words(told: Json): string {
  if (typeof told === "string") return told;
  const { reason } = typeof told === "object" && told !== null && !Array.isArray(told) ? (told as JsonObject) : {};
  return typeof reason === "string" ? reason : "";
}

type Staged = Pick<JournaledMove, "step" | "direction" | "round" | "attempt"> & { readonly sagaId?: string };

function stageKey({ sagaId, step, direction, round, attempt }: Staged): string {
  return [sagaId, step, direction, round, attempt].join(" ");
}
