import { journalLimit, type ServiceJournal } from "../../service/admin-journal-api.ts";
import type { AdminClient } from "../admin-client.ts";
import { Refused } from "../errors.ts";
import type { Result } from "../result.ts";
import type { Handling } from "./fact.ts";
import { type Timeline, timelineOf } from "./timeline.ts";
import type { TraceLine } from "./trace-line.ts";
import { traceMermaid } from "./trace-mermaid.ts";
import { traceText } from "./trace-text.ts";

/** Asks every service what it knows of a correlation id, or of a saga's, and tells it as one story. */
export async function runTrace(clients: readonly AdminClient[], line: TraceLine, colour: boolean): Promise<Result> {
  const timeline = await gather(clients, line.id);
  return {
    value: timeline,
    text: (width) => (line.format === "mermaid" ? traceMermaid(timeline) : traceText(timeline, width, colour)),
  };
}

async function gather(clients: readonly AdminClient[], id: string): Promise<Timeline> {
  let { answers, unreached } = await ask(clients, (client) => client.showJournal(id));
  // A saga's messages carry its trigger's correlation id: the whole story is under that.
  const saga = answers.flatMap(({ answer }) => answer.sagas).find((one) => one.id === id);
  const correlationId = saga?.correlationId ?? id;
  if (correlationId !== id) {
    // Not those again that have just not answered: each would be waited for twice.
    const reached = answers.map(({ client }) => client);
    const again = await ask(reached, (client) => client.showJournal(correlationId));
    answers = again.answers;
    unreached = [...unreached, ...again.unreached];
  }
  const journals = answers.map(({ answer }) => answer);
  if (journals.every(isEmpty)) {
    if (unreached[0] !== undefined) throw new Refused(unreached[0]);
    throw new Refused(
      `nothing is known under ${id}: no request, message or saga of that id in ${journals.map(({ service }) => service).join(", ")}.\n` +
        "An ID is the x-correlation-id of an answer, or a saga's, such as payment:4711; a service keeps what it has published for `outbox.retention` in eda.yaml.",
    );
  }
  const ids = [...new Set(journals.flatMap(idsOf))];
  const handlings: Handling[] = [];
  for (let from = 0; from < ids.length; from += journalLimit) {
    const some = ids.slice(from, from + journalLimit);
    const pages = await ask(
      answers.map(({ client }) => client),
      (client) => client.showHandled(some),
    );
    for (const { client, answer } of pages.answers) {
      const service = answers.find((one) => one.client === client)?.answer.service ?? client.service;
      handlings.push(...answer.handled.map((one) => ({ ...one, service })));
    }
    unreached = [...unreached, ...pages.unreached];
  }
  return timelineOf(correlationId, journals, handlings, unreached);
}

function isEmpty({ requests, messages, sagas, deadLetters }: ServiceJournal): boolean {
  return [requests, messages, sagas, deadLetters].every(({ length }) => length === 0);
}

function idsOf({ messages, deadLetters, sagas }: ServiceJournal): readonly string[] {
  return [
    ...messages.map(({ id }) => id),
    ...messages.flatMap(({ causationId }) => causationId ?? []),
    ...deadLetters.flatMap(({ messageId }) => messageId ?? []),
    ...sagas.flatMap(({ log }) => log.flatMap(({ causedBy }) => causedBy ?? [])),
  ];
}

async function ask<Answer>(clients: readonly AdminClient[], question: (client: AdminClient) => Promise<Answer>) {
  const answers: { client: AdminClient; answer: Answer }[] = [];
  const unreached: string[] = [];
  const asked = await Promise.allSettled(clients.map(question));
  for (const [index, result] of asked.entries()) {
    if (result.status === "fulfilled") answers.push({ client: clients[index]!, answer: result.value });
    else if (result.reason instanceof Refused) unreached.push(result.reason.message);
    else throw result.reason;
  }
  return { answers, unreached: unreached as readonly string[] };
}
