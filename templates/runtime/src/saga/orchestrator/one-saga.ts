import { jsonHash } from "../hash.ts";
import type { Moved } from "../orchestrator.ts";
import type { Begun, SagaSight, SagaTrigger, SetChange } from "./create-orchestrator.ts";
import type { Definitions } from "./definitions.ts";
import type { Moves } from "./moves.ts";
import type { SagaNews } from "./news.ts";
import type { Subject } from "./subject.ts";

export function applyOne(moves: Moves, subject: Subject | undefined, change: SetChange): Moved {
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

/** Of a saga that begins in this transaction. */
export function freshSubject(
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

export function beginOne(
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

export function seeOne(moves: Moves, subject: Subject, sight: SagaSight): Moved {
  const input = sight.input(subject.definition);
  const { messageId: causedBy, traceparent } = sight;
  const trigger = subject.state?.trigger ?? {};
  if (input.type === "triggered" && Object.keys(trigger).length > 0) {
    // What began it need not have been its trigger, so that its row's fingerprint does not tell.
    const { news } = again(moves, subject, sight, jsonHash(trigger));
    return { applied: { outcome: "ignored", revision: subject.revision }, news };
  }
  return applyOne(moves, subject, { id: subject.id, input, causedBy, ...(traceparent && { traceparent }) });
}

/** R1: the same trigger again is nothing; the same id with another payload is an error, recorded. */
export function again(
  moves: Moves,
  subject: Subject,
  { saga, data, messageId }: SagaTrigger,
  fingerprint = subject.fingerprint,
): Begun {
  if (jsonHash(data) === fingerprint) return { outcome: "there-already", news: [] };
  moves.note(subject, { what: "another-payload", detail: { trigger: data } }, { causedBy: messageId });
  const news: SagaNews = { saga, id: subject.id, type: "another-payload", trigger: messageId };
  return { outcome: "another-payload", news: [news] };
}
