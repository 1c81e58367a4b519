import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";
import { kebab } from "../_system/names.ts";
import { sampleMessage } from "../_system/sample.ts";
import type { Command, SagaEntry, Service, System } from "../_system/system.ts";
import { code } from "./markdown.ts";

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
    ...sagaTable(system.sagas),
    ...(example ? ["", ...tryIt(example.service, example.command)] : []),
  ].join("\n");
}

function sagaTable(sagas: readonly SagaEntry[]): readonly string[] {
  if (sagas.length === 0) return [];
  return [
    "",
    "| saga | begins at | steps |",
    "|---|---|---|",
    ...sagas.map(({ name, definition, service, flow }) => {
      const cells = flow
        ? [code(flow.trigger), stepNames(flow).join(" → ")]
        : ["unknown", "its file cannot be read as a saga: `npx eda validate` says why"];
      return `| [${name}](${definition}), at ${service} | ${cells.join(" | ")} |`;
    }),
    "",
    "Each step of a saga, with what undoes it, is drawn in [docs/system.md](docs/system.md). After a change of its file:",
    "`npx eda validate`, then `npx eda sync`.",
  ];
}

/** `reserve-stock`, and members of a parallel group as one: `(book-flight, book-room)`. */
export function stepNames({ groups }: SagaDefinition): readonly string[] {
  return groups.map((group) => (group.length > 1 ? `(${group.map(({ id }) => id).join(", ")})` : group[0]!.id));
}

/** One line a saga, for AGENTS.md. */
export function describeSaga({ name, service, definition, flow }: SagaEntry): string {
  const what = flow ? `begins at ${flow.trigger}; ${stepNames(flow).join(" → ")}` : "cannot be read: npx eda validate";
  return `- ${name} (${definition}, at ${service}): ${what}`;
}

/** The command over HTTP that sets most in motion; of several the one that says most, which tends to be the first. */
function firstToTry(system: System): { readonly service: Service; readonly command: Command } | undefined {
  const awaited = new Set([
    ...system.services.flatMap(({ subscribes }) => subscribes.map(({ service, event }) => `${service}.${event}`)),
    ...system.sagas.flatMap(({ flow }) => (flow ? [flow.trigger] : [])),
  ]);
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
