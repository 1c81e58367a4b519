/**
 * Text of a valid manifest of any size, for figures of time and growth: every service has as many commands as events,
 * a record type, an outbox, and reacts to the service before it.
 */
export function bigManifest(services: number, eventsPerService: number): string {
  const contexts = Math.max(1, Math.ceil(services / 10));
  return [
    "# yaml-language-server: $schema=./.eda/manifest.schema.json",
    "eda: 1",
    "name: big-system",
    "stream: { platform: kafka, partitions: 12, replication: 3, retention: 7d }",
    "contexts:",
    ...numbers(contexts).map((n) => `  context-${n}: { purpose: Holds what belongs together in part ${n} }`),
    "services:",
    ...numbers(services).flatMap((n) => serviceLines(n, contexts, eventsPerService)),
    "outboxes:",
    ...numbers(services).map((n) => `  service-${n}: { relay: polling, retention: 7d }`),
    "",
  ].join("\n");
}

function serviceLines(n: number, contexts: number, events: number): readonly string[] {
  const key = `thing${n}Id: uuid`;
  return [
    `  service-${n}:   # number ${n}`,
    `    context: context-${(n % contexts) + 1}`,
    `    aggregate: Thing${n}`,
    `    port: ${5000 + n}`,
    "    persistence: state",
    "    commands:",
    ...numbers(events).map(
      (e) => `      DoThing${e}: { fields: { ${key}, lines: 'Line[]', note: string? }, emits: [Thing${e}Done] }`,
    ),
    "    events:",
    ...numbers(events).map((e) => `      Thing${e}Done: { fields: { ${key}, lines: 'Line[]', total: money } }`),
    "    types:",
    "      Line: { sku: string, quantity: int, price: money }",
    ...(n > 1 ? [`    subscribes: [service-${n - 1}.Thing1Done]`] : []),
  ];
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
