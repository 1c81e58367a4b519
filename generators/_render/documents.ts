import { kebab } from "../_system/names.ts";
import { sampleMessage } from "../_system/sample.ts";
import type { Service, System } from "../_system/system.ts";
import { adminPort } from "./infrastructure.ts";

/** The part of the README that is kept in step with the manifest. */
export function systemSection(system: System): string {
  if (system.services.length === 0) {
    return "There is no service yet. The first one: `npx eda add service orders --commands PlaceOrder --events OrderPlaced`.";
  }
  const example = system.services.find((service) => service.commands.some(({ http }) => http));
  return [
    "| service | port | commands over HTTP | events |",
    "|---|---|---|---|",
    ...system.services.map((service) => {
      const commands = service.commands.filter(({ http }) => http).map(({ name }) => code(name));
      const events = service.events.map(({ name }) => code(name));
      return `| [${service.name}](services/${service.name}) | ${service.port} | ${commands.join(", ") || "none"} | ${events.join(", ") || "none"} |`;
    }),
    ...(example ? ["", ...tryIt(example)] : []),
  ].join("\n");
}

/** To be pasted into a shell: single quotes inside the data are closed, escaped and opened again. */
function tryIt(service: Service): readonly string[] {
  const command = service.commands.find(({ http }) => http)!;
  const data = JSON.stringify(sampleMessage(command.fields, service.types)).replaceAll("'", "'\\''");
  return [
    "With `npm run dev` running in another terminal:",
    "",
    "```",
    `curl -s http://127.0.0.1:${service.port}/commands/${kebab(command.name)} -H 'content-type: application/json' -d '${data}'`,
    "```",
  ];
}

/** `docs/system.md`: who owns what, and who reacts to what. */
export function systemDocument(system: System): string {
  const reactions = new Map<string, string[]>();
  for (const service of system.services) {
    for (const ref of service.subscribes) {
      const name = `${ref.service}.${ref.event}`;
      reactions.set(name, [...(reactions.get(name) ?? []), service.name]);
    }
  }
  const sections = system.services.flatMap((service) => [
    `## ${service.name}`,
    "",
    `Context ${service.context}. Owns ${code(service.aggregate)} by ${code(service.key)}; keeps ${service.persistence === "state" ? "its current state" : "every event"}. Port ${service.port}, admin port ${adminPort(service)}.`,
    "",
    "| command | how it comes | emits |",
    "|---|---|---|",
    ...service.commands.map(
      ({ name, http, emits }) =>
        `| ${code(name)} | ${http ? `POST /commands/${kebab(name)}` : "from a handler or a saga"} | ${emits.map(code).join(", ") || "nothing"} |`,
    ),
    "",
    "| event | version | who reacts |",
    "|---|---|---|",
    ...service.events.map(({ name, version, external }) => {
      const who = [...(reactions.get(`${service.name}.${name}`) ?? []), ...(external ? ["outside this system"] : [])];
      return `| ${code(name)} | ${version} | ${who.join(", ") || "nobody"} |`;
    }),
    "",
  ]);
  return [
    "<!-- Derived from eda.yaml; rendered again by `eda sync`. -->",
    `# The system ${system.name}`,
    "",
    ...sections,
    "## Topics",
    "",
    "| topic | written by | partitions | kept |",
    "|---|---|---|---|",
    ...system.topics.map(
      ({ name, owner, partitions, retention }) => `| ${code(name)} | ${owner} | ${partitions} | ${retention} |`,
    ),
    "",
  ].join("\n");
}

/** One line a service, for AGENTS.md. */
export function describeService(service: Service): string {
  const messages = (names: readonly { readonly name: string }[]) => names.map(({ name }) => name).join(", ") || "none";
  return `- ${service.name} (port ${service.port}): commands ${messages(service.commands)}; events ${messages(service.events)}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
