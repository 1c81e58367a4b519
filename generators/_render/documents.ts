import { kebab } from "../_system/names.ts";
import { sampleMessage } from "../_system/sample.ts";
import type { Command, Service, System } from "../_system/system.ts";

/** The part of the README that is kept in step with the manifest. */
export function systemSection(system: System): string {
  if (system.services.length === 0) {
    return "There is no service yet. The first one: `npx eda add service orders --commands PlaceOrder --events OrderPlaced`.";
  }
  const example = firstToTry(system);
  return [
    "| service | port | commands over HTTP | events |",
    "|---|---|---|---|",
    ...system.services.map((service) => {
      const commands = service.commands.filter(({ http }) => http).map(({ name }) => code(name));
      const events = service.events.map(({ name }) => code(name));
      return `| [${service.name}](services/${service.name}) | ${service.port} | ${commands.join(", ") || "none"} | ${events.join(", ") || "none"} |`;
    }),
    ...(example ? ["", ...tryIt(example.service, example.command)] : []),
  ].join("\n");
}

/** The command over HTTP that sets most in motion; of several the one that says most, which tends to be the first. */
function firstToTry(system: System): { readonly service: Service; readonly command: Command } | undefined {
  const awaited = new Set(
    system.services.flatMap(({ subscribes }) => subscribes.map(({ service, event }) => `${service}.${event}`)),
  );
  const all = system.services.flatMap((service) =>
    service.commands.filter(({ http }) => http).map((command) => ({ service, command })),
  );
  const weight = ({ service, command }: (typeof all)[number]) =>
    command.emits.filter((event) => awaited.has(`${service.name}.${event}`)).length * 1_000 + command.fields.length;
  return all.reduce<(typeof all)[number] | undefined>(
    (best, next) => (best === undefined || weight(next) > weight(best) ? next : best),
    undefined,
  );
}

/** To be pasted into a shell: single quotes inside the data are closed, escaped and opened again. */
function tryIt(service: Service, command: Command): readonly string[] {
  const data = JSON.stringify(sampleMessage(command.fields, service.types)).replaceAll("'", "'\\''");
  return [
    "With `npm run dev` running in another terminal:",
    "",
    "```",
    `curl -s http://127.0.0.1:${service.port}/commands/${kebab(command.name)} -H 'content-type: application/json' -d '${data}'`,
    "```",
    "",
    `It answers with what happened. What is kept of one ${service.aggregate} is at \`/aggregates/<${service.key}>\`, every route at \`/openapi.json\`.`,
  ];
}

/** One line a service, for AGENTS.md. */
export function describeService(service: Service): string {
  const messages = (names: readonly { readonly name: string }[]) => names.map(({ name }) => name).join(", ") || "none";
  return `- ${service.name} (port ${service.port}): commands ${messages(service.commands)}; events ${messages(service.events)}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
