import { isUnavailable } from "../../database/errors.ts";
import { type ExternalRun, GiveUpError, type Handler, NotYetError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";
import type { ServiceConsumer } from "../../service/consumers.ts";
import type { ChoreographedStep, ServiceDefinition } from "../../service/definition.ts";
import type { Participant } from "../participant/participant.ts";
import { stepTask } from "./step-task.ts";

/** The group of a service's steps of choreographies: its place in the inbox, its dead letters. */
export function choreographyConsumerName(service: string): string {
  return `${service}.choreography`;
}

/**
 * The consumer that starts a service's steps of choreographies at their events; none where it has no such step. What a
 * step does is the participant's, as in an orchestration: done once, its compensation before it included (R5, R19, R20).
 */
export function choreographyConsumer(
  { name, choreographed = [] }: ServiceDefinition,
  participant: Participant | undefined,
): readonly ServiceConsumer[] {
  if (participant === undefined || choreographed.length === 0) return [];
  const starting = Map.groupBy(choreographed, ({ on }) => on);
  const startedBy = ({ type }: Message) => starting.get(type) ?? [];
  // R19: what calls outside is done by itself; so are the steps of an event that starts several, each of the others.
  const isApart = (steps: readonly ChoreographedStep[]) =>
    steps.length > 1 || steps.some(({ command }) => participant.isExternal(command));
  const [apart, together] = [...starting].reduce<[string[], string[]]>(
    (sorted, [type, steps]) => {
      sorted[isApart(steps) ? 0 : 1].push(type);
      return sorted;
    },
    [[], []],
  );

  const handleAll: NonNullable<ServiceConsumer["handleAll"]> = (messages, tx) =>
    participant.run(
      tx,
      messages.flatMap((message) => startedBy(message).map((step) => stepTask(step, message))),
    );
  const handler: Handler = (message, tx) => handleAll([message], tx);

  return [
    {
      name: choreographyConsumerName(name),
      topics: [...new Set(choreographed.map(({ topic }) => topic))],
      // Other events of the topics move on.
      handlers: Object.fromEntries(together.map((type) => [type, handler])),
      handleAll,
      external: Object.fromEntries(
        apart.map((type) => [type, (message, run) => startEach(participant, startedBy(message), message, run)]),
      ),
      // R18: a failing step is tried for at most its timeout, and nothing waits behind its letter.
      keepsOrder: false,
      triedForMs: (message) => Math.max(...startedBy(message).map(({ timeoutMs }) => timeoutMs)),
    },
  ];
}

/**
 * Starts the steps of one event, each in transactions of its own, so that none waits for another that fails (R18). The
 * event is marked after all of them; what had been done before is told by the step's own row.
 */
async function startEach(
  participant: Participant,
  steps: readonly ChoreographedStep[],
  message: Message,
  run: ExternalRun,
): Promise<void> {
  const [only] = steps;
  if (steps.length === 1 && only !== undefined) return participant.call(stepTask(only, message), run);
  const unmarked: ExternalRun = { ...run, mark: async () => true };
  const failures: unknown[] = [];
  for (const step of steps) {
    run.signal.throwIfAborted();
    try {
      const task = stepTask(step, message);
      if (participant.isExternal(task.command)) await participant.call(task, unmarked);
      else await run.database.transaction((tx) => participant.run(tx, [task]));
    } catch (error) {
      if (isUnavailable(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 0) return;
  // One whose time has not come, or that another attempt may help, must not go to the dead letters with another.
  throw (
    failures.find((error) => error instanceof NotYetError) ??
    failures.find((error) => !(error instanceof GiveUpError)) ??
    failures[0]
  );
}
