import type { TopicEntry } from "./manifest.ts";
import { kebab } from "./names.ts";
import type { SagaEntry, Service, Stream, StreamsApp, Topic } from "./system.ts";

/** A service's events of its one aggregate: `orders.order.events`. */
export function eventsTopic(service: Pick<Service, "name" | "aggregate">): string {
  return `${service.name}.${kebab(service.aggregate)}.events`;
}

/** What is asked of a service: `orders.commands`. */
export function commandsTopic(service: Pick<Service, "name">): string {
  return `${service.name}.commands`;
}

/** What participants answer a saga: `payment.replies`. */
export function repliesTopic(saga: Pick<SagaEntry, "name">): string {
  return `${saga.name}.replies`;
}

interface Parts {
  readonly stream: Stream;
  readonly services: readonly Service[];
  readonly sagas: readonly SagaEntry[];
  readonly streamsApps: readonly StreamsApp[];
}

/**
 * Every topic that follows from a system's parts, with its settings: the topic's own, else the stream's. Two parts
 * that want one topic give two entries: rule EDA-M03 speaks of them.
 */
export function topicsOf(parts: Parts, own: ReadonlyMap<string, TopicEntry>): readonly Topic[] {
  const topics: Topic[] = [];
  const add = (name: string, owner: string, kind: Topic["kind"]): void => {
    const { partitions, replication, retention } = { ...parts.stream, ...own.get(name) };
    topics.push({ name, owner, kind, partitions, replication, retention });
  };
  for (const service of parts.services) {
    if (service.events.length > 0) add(eventsTopic(service), service.name, "events");
    if (isSentCommands(service, parts)) add(commandsTopic(service), service.name, "commands");
  }
  for (const saga of parts.sagas) add(repliesTopic(saga), saga.name, "replies");
  for (const app of parts.streamsApps) {
    for (const topic of app.routesTo) add(topic, app.name, "stream");
  }
  return topics.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.owner < b.owner ? -1 : 1));
}

/** What a saga sends stands in its own file; so where there are sagas, any command may come by topic. */
function isSentCommands(service: Service, { sagas }: Parts): boolean {
  if (sagas.length > 0) return service.commands.length > 0;
  return service.commands.some((command) => !command.http);
}
