import type { ChoreographedStep, HostedSaga } from "../../templates/runtime/src/service/definition.ts";
import { hasReplies } from "../_system/flows.ts";
import { messageSchema } from "../_system/json-schema.ts";
import type { Service, System } from "../_system/system.ts";
import { commandsTopic, eventsTopic, repliesTopic } from "../_system/topics.ts";
import { eventsOf, hostedBy, messageOf, serviceOf, stagesAt, stagesOf } from "./saga-roles.ts";
import { servicesOf } from "./subscriptions.ts";

/** What sagas add to a service's definition; keys that say nothing are left out. */
export interface SagaParts {
  readonly commandsTopic?: string;
  readonly sagas?: readonly HostedSaga[];
  readonly choreographed?: readonly ChoreographedStep[];
}

export function sagaParts(system: System, service: Service): SagaParts {
  const stages = stagesAt(system, service);
  const isAsked = stages.some(({ saga }) => saga.flow.style === "orchestration");
  const sagas = hostedBy(system, service).map((saga): HostedSaga => {
    const { flow } = saga;
    const isLed = flow.style === "orchestration";
    const events = isLed ? [flow.trigger] : eventsOf(saga);
    return {
      definition: flow,
      eventTopics: Object.fromEntries(events.map((event) => [event, topicOf(system, event)])),
      ...(hasReplies(flow) && { repliesTopic: repliesTopic(saga) }),
      outcomes: Object.fromEntries(stagesOf(saga).map(({ sent }) => [sent.success, schemaOf(system, sent.success)])),
    };
  });
  const choreographed = stages.flatMap(({ saga, step, direction, sent }): ChoreographedStep[] => {
    const { style, key } = saga.flow;
    const { on, command, input, success, failure, timeoutMs } = sent;
    if (style !== "choreography" || on === undefined || !isPublished(system, on)) return [];
    return [
      {
        saga: saga.name,
        step,
        direction,
        on,
        topic: topicOf(system, on),
        key: key.join("."),
        command: messageOf(command),
        input,
        success,
        ...(failure !== undefined && { failure }),
        timeoutMs,
      },
    ];
  });
  return {
    ...(isAsked && { commandsTopic: commandsTopic(service) }),
    ...(sagas.length > 0 && { sagas }),
    ...(choreographed.length > 0 && { choreographed }),
  };
}

/** The topics that a service writes or reads for sagas: as a participant, and as a host. */
export function sagaTopics(system: System, service: Service): readonly string[] {
  const { commandsTopic: asked, sagas = [], choreographed = [] } = sagaParts(system, service);
  const answered = stagesAt(system, service).filter(({ saga }) => hasReplies(saga.flow));
  const led = hostedBy(system, service).filter(({ flow }) => flow.style === "orchestration");
  return [
    ...(asked === undefined ? [] : [asked]),
    ...answered.map(({ saga }) => repliesTopic(saga)),
    ...sagas.flatMap((saga) => [...Object.values(saga.eventTopics), ...(saga.repliesTopic ? [saga.repliesTopic] : [])]),
    ...led.flatMap(stagesOf).map(({ sent }) => commandsTopic({ name: serviceOf(sent.command) })),
    ...choreographed.map(({ topic }) => topic),
  ];
}

function isPublished(system: System, event: string): boolean {
  return (
    servicesOf(system)
      .get(serviceOf(event))
      ?.events.some(({ name }) => name === messageOf(event)) ?? false
  );
}

/** The contract of an event that the system has. */
function schemaOf(system: System, event: string): object {
  const service = servicesOf(system).get(serviceOf(event))!;
  return messageSchema(service.events.find(({ name }) => name === messageOf(event))!.fields, service.types);
}

/** The topic of an event that the system has. */
function topicOf(system: System, event: string): string {
  return eventsTopic(servicesOf(system).get(serviceOf(event))!);
}
