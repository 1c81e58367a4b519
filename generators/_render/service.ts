import { camel, kebab } from "../_system/names.ts";
import type { EventRef, Service, System } from "../_system/system.ts";
import { aggregateFiles } from "./aggregate.ts";
import { definitionFile } from "./definition.ts";
import type { RenderedFile } from "./file.ts";
import { layOut, parentheses } from "./layout.ts";
import { messagesFile } from "./messages.ts";
import { servicePackageJson } from "./package-json.ts";
import { samplesFile } from "./samples.ts";
import { type Subscription, subscriptionsOf } from "./subscriptions.ts";
import type { Templates } from "./templates.ts";

/** `services/<name>`: contracts and wiring derived, domain and handlers started, migrations by what they are for. */
export function serviceFiles(system: System, service: Service, templates: Templates): readonly RenderedFile[] {
  const subscriptions = subscriptionsOf(system, service);
  const at = (path: string) => `services/${service.name}/${path}`;
  const stub = (path: string, content: string): RenderedFile => ({ kind: "stub", path: at(path), content });
  return [
    servicePackageJson(system, service),
    definitionFile(system, service),
    messagesFile(system, service),
    samplesFile(system, service),
    { kind: "derived", path: at("src/generated/wiring.ts"), content: wiring(service, subscriptions) },
    ...aggregateFiles(service, templates),
    ...subscriptions.map(({ ref, type }) =>
      stub(
        `src/handlers/${handlerName(ref)}.ts`,
        templates.fill("service/src/handlers/reaction.ts.ejs", {
          service: service.name,
          type,
          signature: signature(type),
        }),
      ),
    ),
    stub("src/main.ts", templates.text("service/src/main.ts")),
    stub("test/service.test.ts", templates.text("service/test/service.test.ts")),
    // Never stubs: what a database has applied must stay as it is.
    ...migrations(service, templates).map(
      ([name, content]): RenderedFile => ({ kind: "started", path: at(`migrations/${name}`), content }),
    ),
  ];
}

function migrations(service: Service, templates: Templates): readonly (readonly [name: string, sql: string])[] {
  const folders = ["service/migrations", ...(service.outbox ? ["outbox-migration/migrations"] : [])];
  return folders.flatMap((folder) =>
    templates.below(folder).map((name) => [name, templates.text(`${folder}/${name}`)] as const),
  );
}

function wiring(service: Service, subscriptions: readonly Subscription[]): string {
  const reactions = subscriptions.map(({ ref, type }) => ({
    file: handlerName(ref),
    name: camel(handlerName(ref)),
    type,
  }));
  const imports = [
    'import type { ServiceImplementation } from "eda-runtime";',
    `import { decider, type State } from "../domain/${kebab(service.aggregate)}.ts";`,
    ...reactions.map(({ file, name }) => `import { reaction as ${name} } from "../handlers/${file}.ts";`),
    'import type { Command, Event } from "./messages.ts";',
  ];
  const entries = reactions.map(({ type, name }) => `    "${type}": ${name},`);
  const table = entries.length === 0 ? ["  reactions: {},"] : ["  reactions: {", ...entries, "  },"];
  return [
    ...imports,
    "",
    "export const implementation: ServiceImplementation<State, Command, Event> = {",
    "  decider,",
    ...table,
    "};",
    "",
  ].join("\n");
}

function signature(type: string): string {
  const parameters = parentheses(["message", "{ log }"]);
  return layOut([`export const reaction: ReactionTo<"${type}"> = async `, parameters, " => {"]);
}

/** `inventory-stock-reserved`: always two names at least, so never a reserved word. */
function handlerName(ref: EventRef): string {
  return `${kebab(ref.service)}-${kebab(ref.event)}`;
}
