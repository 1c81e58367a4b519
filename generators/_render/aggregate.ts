import { kebab } from "../_system/names.ts";
import type { Command, EventType, Service } from "../_system/system.ts";
import { eventCode, otherwise, successOf } from "./event-data.ts";
import type { RenderedFile } from "./file.ts";
import { brackets, layOut } from "./layout.ts";
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
            : "  evolve: (_state, event): State => ({ status: event.type }),",
      }),
    ),
    stub(
      `test/${file}.test.ts`,
      templates.fill("service/test/aggregate.test.ts.ejs", {
        ...values,
        imports: decided(service).length === 0 ? "" : 'import { samples } from "../src/generated/samples.ts";\n',
        cases: cases(service),
      }),
    ),
  ];
}

/** An external command never reaches the decider: it would have to call something. */
function decided({ commands }: Service): readonly Command[] {
  return commands.filter(({ external }) => !external);
}

function decide(service: Service): string {
  const commands = decided(service);
  if (commands.length === 0) return "  decide: () => [],";
  const branches = commands.flatMap((command) => {
    const event = successOf(service, command);
    const result = event ? [brackets([eventCode(service, command, event)])] : ["[]"];
    return [
      `      case ${text(command.name)}:`,
      ...otherwise(command).map((line) => `        ${line}`),
      `        ${layOut(["return ", ...result, ";"], 8)}`,
    ];
  });
  return [
    "  decide(command, _state): readonly Event[] {",
    "    switch (command.type) {",
    ...branches,
    "    }",
    "  },",
  ].join("\n");
}

function cases(service: Service): string {
  const commands = decided(service);
  if (commands.length === 0) return '  it.todo("decides its first command");';
  return commands
    .map((command) => {
      const event = successOf(service, command);
      const name = `on ${command.name}, ${event ? event.name : "nothing"} happens`;
      return [`  it(${text(name)}, () => {`, `    ${sentence(command, event)}`, "  });"].join("\n");
    })
    .join("\n\n");
}

function sentence({ name }: Command, event: EventType | undefined): string {
  const steps = [
    "given(decider, [])",
    `.when({ type: ${text(name)}, data: samples.${name} })`,
    `.thenTypes(${event ? text(event.name) : ""});`,
  ];
  const line = steps.join("");
  return line.length <= 116 ? line : steps.join("\n      ");
}

function text(value: string): string {
  return JSON.stringify(value);
}
