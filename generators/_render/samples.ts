import { sampleMessage } from "../_system/sample.ts";
import type { Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";
import { layOut, literal } from "./layout.ts";
import { eventsOf, hostedBy, messageOf, serviceOf } from "./saga-roles.ts";
import { servicesOf, subscriptionsOf } from "./subscriptions.ts";

/** `src/generated/samples.ts`: valid data for each command and subscription, for tests and for trying things out. */
export function samplesFile(system: System, service: Service): RenderedFile {
  const commands = service.commands.map(({ name, fields }) => [name, sampleMessage(fields, service.types)] as const);
  const events = subscriptionsOf(system, service).map(
    ({ type, event, owner }) => [type, sampleMessage(event.fields, owner.types)] as const,
  );
  return {
    kind: "derived",
    path: `services/${service.name}/src/generated/samples.ts`,
    content: [
      'import type { Commands, Subscriptions } from "./messages.ts";',
      "",
      "/** Valid data for each command: true to its contract, not to your rules. */",
      declaration("samples: Commands", commands),
      "",
      "/** The same for each event that this service reacts to. */",
      declaration("subscriptionSamples: Subscriptions", events),
      "",
      ...sagaSamples(system, service),
    ].join("\n"),
  };
}

/** What the sagas that a service leads hear: for tests of the saga. */
function sagaSamples(system: System, service: Service): readonly string[] {
  const led = hostedBy(system, service).filter(({ flow }) => flow.style === "orchestration");
  if (led.length === 0) return [];
  const samples = [...new Set(led.flatMap(eventsOf))].sort().map((type) => {
    const owner = servicesOf(system).get(serviceOf(type))!;
    const event = owner.events.find(({ name }) => name === messageOf(type))!;
    return [type, sampleMessage(event.fields, owner.types)] as const;
  });
  return [
    "/** The same for each event that begins a saga led here, or answers one. */",
    declaration("sagaSamples: Readonly<Record<string, object>>", samples),
    "",
  ];
}

function declaration(what: string, entries: readonly (readonly [string, object])[]): string {
  return layOut([`export const ${what} = `, literal(Object.fromEntries(entries)), ";"]);
}
