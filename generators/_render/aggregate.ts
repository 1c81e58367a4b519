import { kebab } from "../_system/names.ts";
import { sampleMessage } from "../_system/sample.ts";
import type { Command, EventType, Field, Service } from "../_system/system.ts";
import { propertyName } from "../_system/typescript-type.ts";
import type { RenderedFile } from "./file.ts";
import type { Templates } from "./templates.ts";

/**
 * The decider and its tests: stubs that follow the manifest until somebody edits them. Each command leads to its
 * first event, filled from the command's fields of the same name; what the command does not carry gets a valid
 * sample and a TODO.
 */
export function aggregateFiles(service: Service, templates: Templates): readonly RenderedFile[] {
  const file = kebab(service.aggregate);
  const values = { service: service.name, aggregate: service.aggregate, file };
  const stub = (path: string, content: string): RenderedFile => ({
    kind: "stub",
    path: `services/${service.name}/${path}`,
    content,
  });
  return [
    stub(
      `src/domain/${file}.ts`,
      templates.fill("service/src/domain/aggregate.ts.ejs", {
        ...values,
        decide: decide(service),
        evolve:
          service.events.length === 0
            ? "  evolve: (state) => state,"
            : "  evolve: (_state, event) => ({ status: event.type }),",
      }),
    ),
    stub(
      `test/${file}.test.ts`,
      templates.fill("service/test/aggregate.test.ts.ejs", { ...values, cases: cases(service) }),
    ),
  ];
}

function decide(service: Service): string {
  if (service.commands.length === 0) return "  decide: () => [],";
  const branches = service.commands.flatMap((command) => {
    const event = firstEvent(service, command);
    const result = event ? `[{ type: ${text(event.name)}, data: ${data(service, command, event)} }]` : "[]";
    return [`      case ${text(command.name)}:`, `        return ${result};`];
  });
  return ["  decide(command, _state) {", "    switch (command.type) {", ...branches, "    }", "  },"].join("\n");
}

/** The event's data: taken from the command where it has a field of that name and type. */
function data(service: Service, command: Command, event: EventType): string {
  const samples = sampleMessage(event.fields, service.types);
  const given = new Map(command.fields.map((field) => [field.name, field]));
  if (same(command.fields, event.fields)) return "command.data";
  const parts = event.fields.flatMap((field) => {
    const from = given.get(field.name);
    const own = `command.data.${field.name}`;
    const part = `${propertyName(field.name)}: ${own}`;
    if (field.type.kind === "optional") {
      // An optional property is left out: to set it to undefined is something else.
      return from && same([from], [field]) ? [`...(${own} !== undefined && { ${part} })`] : [];
    }
    if (from && same([from], [field])) return [part];
    return [`${propertyName(field.name)}: ${JSON.stringify(samples[field.name])} /* TODO: the command does not say */`];
  });
  return `{ ${parts.join(", ")} }`;
}

function cases(service: Service): string {
  if (service.commands.length === 0) return '  it.todo("decides its first command");';
  return service.commands
    .map((command) => {
      const event = firstEvent(service, command);
      const name = `on ${command.name}, ${event ? event.name : "nothing"} happens`;
      const sample = JSON.stringify(sampleMessage(command.fields, service.types));
      return [
        `  it(${text(name)}, () => {`,
        "    given(decider, [])",
        `      .when({ type: ${text(command.name)}, data: ${sample} })`,
        `      .thenTypes(${event ? text(event.name) : ""});`,
        "  });",
      ].join("\n");
    })
    .join("\n\n");
}

function firstEvent(service: Service, command: Command): EventType | undefined {
  return service.events.find(({ name }) => name === command.emits[0]);
}

function same(a: readonly Field[], b: readonly Field[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function text(value: string): string {
  return JSON.stringify(value);
}
