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

/** The same with a saga a service: it asks the service before for two things, at an event of its own. */
export function bigSystem(services: number, eventsPerService: number): BigSystem {
  const sagas = numbers(services).map((n) => `  saga-${n}: { service: service-${n} }`);
  const manifest = `${bigManifest(services, eventsPerService)}sagas:\n${sagas.join("\n")}\n`;
  const files = numbers(services).map((n) => [`sagas/saga-${n}.saga.yaml`, sagaText(n, services)] as const);
  return { manifest, files: Object.fromEntries(files) };
}

export interface BigSystem {
  readonly manifest: string;
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
}

function sagaText(n: number, services: number): string {
  const asked = `service-${n > 1 ? n - 1 : services}`;
  const key = `$.trigger.thing${n}Id`;
  const step = (id: string, thing: number) => [
    `  - id: ${id}`,
    `    command: ${asked}.DoThing${thing}`,
    `    input: { thing${n > 1 ? n - 1 : services}Id: ${key}, lines: $.trigger.lines }`,
    `    success: ${asked}.Thing${thing}Done`,
  ];
  return [
    `saga: saga-${n}`,
    "version: 1",
    "style: orchestration",
    `trigger: service-${n}.Thing1Done`,
    `key: ${key}`,
    "deadline: 15m",
    "timeout: 30s",
    "steps:",
    ...step("first", 2),
    "    compensation: none",
    "    reason: changes nothing",
    ...step("second", 3),
    "    kind: pivot",
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
