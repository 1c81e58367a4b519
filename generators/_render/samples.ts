import { sampleMessage } from "../_system/sample.ts";
import type { Service } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";

/** `src/generated/samples.ts`: one valid set of data for each command, for tests and for trying things out. */
export function samplesFile(service: Service): RenderedFile {
  const samples = Object.fromEntries(
    service.commands.map((command) => [command.name, sampleMessage(command.fields, service.types)]),
  );
  return {
    kind: "derived",
    path: `services/${service.name}/src/generated/samples.ts`,
    content: [
      'import type { Commands } from "./messages.ts";',
      "",
      "/** Valid data for each command: contract-true, not true to your rules. */",
      `export const samples: Commands = ${JSON.stringify(samples, null, 2)};`,
      "",
    ].join("\n"),
  };
}
