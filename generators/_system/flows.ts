import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";
import { deepFreeze } from "./build.ts";
import type { SagaEntry, System, Topic } from "./system.ts";

/**
 * A system with what its sagas do, by the saga's name; frozen. A saga without a flow keeps its entry alone. Topics
 * follow: with every flow known, a service has a topic of commands exactly when an orchestration sends it one.
 * @param system As `buildSystem` made it.
 */
export function withFlows(system: System, flows: ReadonlyMap<string, SagaDefinition>): System {
  if (!system.sagas.some(({ name }) => flows.has(name))) return system;
  const sagas = system.sagas.map((saga): SagaEntry => {
    const flow = flows.get(saga.name);
    return flow === undefined ? saga : { ...saga, flow };
  });
  return deepFreeze({ ...system, sagas, topics: system.topics.filter(isUsed(sagas)) });
}

function isUsed(sagas: readonly SagaEntry[]): (topic: Topic) => boolean {
  const unanswered = new Set(sagas.flatMap(({ name, flow }) => (flow && !hasReplies(flow) ? [name] : [])));
  // While one flow is unknown, any command may come by topic.
  const sentTo = sagas.some(({ flow }) => flow === undefined)
    ? undefined
    : new Set(sagas.flatMap(({ flow }) => (flow?.style === "orchestration" ? commandsOf(flow) : [])).map(serviceOf));
  return ({ kind, owner }) => {
    if (kind === "replies") return !unanswered.has(owner);
    return kind !== "commands" || sentTo === undefined || sentTo.has(owner);
  };
}

/**
 * Whether anybody writes to a saga's topic of replies. What a choreography's services do is seen from their events, but
 * for a compensation that had nothing to undo.
 */
export function hasReplies({ style, groups }: SagaDefinition): boolean {
  return style === "orchestration" || groups.flat().some(({ compensation }) => compensation !== undefined);
}

/** Every command that a flow names, `inventory.ReserveStock`, in its own order; some more than once. */
export function commandsOf({ groups, completed, compensated }: SagaDefinition): readonly string[] {
  return [
    ...groups.flat().flatMap(({ command, compensation }) => [command, ...(compensation ? [compensation.command] : [])]),
    ...[completed, compensated].flatMap((ending) => (ending ? [ending.command] : [])),
  ];
}

function serviceOf(reference: string): string {
  return reference.slice(0, reference.indexOf("."));
}
