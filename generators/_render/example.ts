import type { RenderedFile } from "./file.ts";
import type { Templates } from "./templates.ts";

/**
 * Puts an example's own domain code, handlers, tests and migrations in place of the stubs. Files that the system
 * does not render are added only below a service that it has, so that a service taken out of the manifest takes its
 * example files along. Its manifest and sagas are no such files: a run writes them as sources.
 */
export function overlayExample(
  files: readonly RenderedFile[],
  example: string,
  templates: Templates,
): readonly RenderedFile[] {
  const folder = `examples/${example}`;
  const own = templates.below(folder).filter((path) => path !== "eda.yaml" && !path.startsWith("sagas/"));
  const rendered = new Map(files.map((file) => [file.path, file]));
  for (const path of own) {
    const service = /^services\/[^/]+\//.exec(path)?.[0];
    if (service && !rendered.has(`${service}package.json`)) continue;
    rendered.set(path, { kind: "started", path, content: templates.text(`${folder}/${path}`) });
  }
  return [...rendered.values()];
}
