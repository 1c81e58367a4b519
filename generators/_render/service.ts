import type { Service, System } from "../_system/system.ts";
import { aggregateFiles } from "./aggregate.ts";
import { definitionFile } from "./definition.ts";
import type { RenderedFile } from "./file.ts";
import { handlerFiles } from "./handlers.ts";
import { messagesFile } from "./messages.ts";
import { servicePackageJson } from "./package-json.ts";
import { hostedBy, stagesAt } from "./saga-roles.ts";
import { sagaTestFiles } from "./saga-test.ts";
import { samplesFile } from "./samples.ts";
import type { Templates } from "./templates.ts";
import { wiringFile } from "./wiring.ts";

/** `services/<name>`: contracts and wiring derived, domain and handlers started, migrations by what they are for. */
export function serviceFiles(system: System, service: Service, templates: Templates): readonly RenderedFile[] {
  const at = (path: string) => `services/${service.name}/${path}`;
  const stub = (path: string, content: string): RenderedFile => ({ kind: "stub", path: at(path), content });
  return [
    servicePackageJson(system, service),
    definitionFile(system, service),
    messagesFile(system, service),
    samplesFile(system, service),
    wiringFile(system, service),
    ...aggregateFiles(service, templates),
    ...handlerFiles(system, service, templates),
    stub("src/main.ts", templates.text("service/src/main.ts")),
    stub("test/service.test.ts", templates.text("service/test/service.test.ts")),
    ...sagaTestFiles(system, service, templates),
    // Never stubs: what a database has applied must stay as it is.
    ...migrations(system, service, templates).map(
      ([name, content]): RenderedFile => ({ kind: "started", path: at(`migrations/${name}`), content }),
    ),
  ];
}

function migrations(
  system: System,
  service: Service,
  templates: Templates,
): readonly (readonly [name: string, sql: string])[] {
  const folders = [
    "service/migrations",
    ...(service.outbox ? ["outbox-migration/migrations"] : []),
    ...(hostedBy(system, service).length > 0 ? ["saga/migrations"] : []),
    ...(stagesAt(system, service).length > 0 ? ["saga-participant/migrations"] : []),
  ];
  return folders.flatMap((folder) =>
    templates.below(folder).map((name) => [name, templates.text(`${folder}/${name}`)] as const),
  );
}
