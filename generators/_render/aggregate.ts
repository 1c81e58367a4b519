import { printFieldType } from "../_system/field-types.ts";
import { kebab } from "../_system/names.ts";
import { sampleMessage } from "../_system/sample.ts";
import type { Command, EventType, Field, Service } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";
import { braces, brackets, type Code, layOut, literal, property } from "./layout.ts";
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
        imports: service.commands.length === 0 ? "" : 'import { samples } from "../src/generated/samples.ts";\n',
        cases: cases(service),
      }),
    ),
  ];
}

function decide(service: Service): string {
  if (service.commands.length === 0) return "  decide: () => [],";
  const branches = service.commands.flatMap((command) => {
    const event = firstEvent(service, command);
    const result = event
      ? [brackets([braces([`type: ${text(event.name)}`, ["data: ", data(service, command, event)]])])]
      : ["[]"];
    return [
      `      case ${text(command.name)}:`,
      ...otherwise(command),
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

/** A stub decides for success; what else may happen is said in front of it. */
function otherwise({ emits }: Command): readonly string[] {
  return emits.length < 2 ? [] : [`        // Or, for a reason of yours: ${emits.slice(1).join(", ")}.`];
}

/** The event's data: taken from the command where it has a field of that name and type. */
function data(service: Service, command: Command, event: EventType): Code {
  if (same(command.fields, event.fields)) return "command.data";
  const samples = sampleMessage(event.fields, service.types);
  const given = new Map(command.fields.map((field) => [field.name, field]));
  return braces(
    event.fields.flatMap((field): readonly Code[] => {
      const from = given.get(field.name);
      const own = `command.data.${field.name}`;
      const member = `${property(field.name)}: ${own}`;
      const isCarried = from !== undefined && same([from], [field]);
      const isOptional = field.type.kind === "optional";
      // Every object inherits a toString: that there is none of one's own cannot be seen, so there is to be one.
      if (isOptional && !(field.name in Object.prototype)) {
        // An optional property is left out: to set it to undefined is something else.
        return isCarried ? [[`...(${own} !== undefined && `, braces([member]), ")"]] : [];
      }
      if (isCarried && !isOptional) return [member];
      return [["// TODO: the command does not say.", `${property(field.name)}: `, literal(samples[field.name])]];
    }),
  );
}

function cases(service: Service): string {
  if (service.commands.length === 0) return '  it.todo("decides its first command");';
  return service.commands
    .map((command) => {
      const event = firstEvent(service, command);
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

function firstEvent(service: Service, command: Command): EventType | undefined {
  return service.events.find(({ name }) => name === command.emits[0]);
}

function same(a: readonly Field[], b: readonly Field[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, type }, at) => name === b[at]!.name && printFieldType(type) === printFieldType(b[at]!.type))
  );
}

function text(value: string): string {
  return JSON.stringify(value);
}
