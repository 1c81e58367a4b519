import type { System } from "../_system/system.ts";
import { contractFiles } from "./contracts.ts";
import { decisionFiles } from "./decisions.ts";
import { overlayExample } from "./example.ts";
import type { RenderedFile } from "./file.ts";
import { infrastructureFiles } from "./infrastructure.ts";
import { repositoryFiles } from "./repository.ts";
import { runtimeFiles } from "./runtime.ts";
import { serviceFiles } from "./service.ts";
import type { Templates } from "./templates.ts";

/**
 * Every file of a system's repository, a pure function of its manifest: no disk, no clock, so the same manifest
 * gives the same bytes.
 *
 * @param generator What the repository depends on for this generator, as npm understands it.
 */
export function render(system: System, templates: Templates, generator: string): readonly RenderedFile[] {
  const files = [
    ...repositoryFiles(system, templates, generator),
    ...runtimeFiles(templates),
    ...infrastructureFiles(system),
    ...contractFiles(system),
    ...decisionFiles(system, templates),
    ...system.services.flatMap((service) => serviceFiles(system, service, templates)),
  ];
  return system.example ? overlayExample(files, system.example, templates) : files;
}
