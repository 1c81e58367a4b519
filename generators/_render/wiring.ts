import { kebab } from "../_system/names.ts";
import type { Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";
import { type HandlerFile, handlersOf } from "./handlers.ts";
import { property } from "./layout.ts";

/** `src/generated/wiring.ts`: which file does what. */
export function wiringFile(system: System, service: Service): RenderedFile {
  const handlers = handlersOf(system, service);
  const reactions = handlers.filter(({ exports }) => exports === "reaction");
  const commands = handlers.filter(({ exports }) => exports === "handler");
  const content = [
    'import type { ServiceImplementation } from "eda-runtime";',
    `import { decider, type State } from "../domain/${kebab(service.aggregate)}.ts";`,
    ...handlers.map((each) => `import { ${each.exports} as ${each.name} } from "../handlers/${each.file}.ts";`),
    'import type { Command, Event } from "./messages.ts";',
    "",
    "export const implementation: ServiceImplementation<State, Command, Event> = {",
    "  decider,",
    ...table("reactions", reactions),
    ...(commands.length === 0 ? [] : table("commands", commands)),
    "};",
    "",
  ].join("\n");
  return { kind: "derived", path: `services/${service.name}/src/generated/wiring.ts`, content };
}

function table(name: string, handlers: readonly HandlerFile[]): readonly string[] {
  const entries = handlers.map((handler) => `    ${property(handler.key)}: ${handler.name},`);
  return entries.length === 0 ? [`  ${name}: {},`] : [`  ${name}: {`, ...entries, "  },"];
}
