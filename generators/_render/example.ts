import type { RenderedFile } from "./file.ts";
import type { Templates } from "./templates.ts";

/** A manifest, a part of one, sagas. */
const sources = /^(?:eda|part)\.yaml$|^sagas\//;

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
  const own = templates.below(folder).filter((path) => !sources.test(path));
  const rendered = new Map(files.map((file) => [file.path, file]));
  for (const path of own) {
    const service = /^services\/[^/]+\//.exec(path)?.[0];
    if (service && !rendered.has(`${service}package.json`)) continue;
    // In place of a stub it is one too: it also fills a service in that was there before, as long as nobody has edited it.
    const kind = rendered.get(path)?.kind === "stub" ? "stub" : "started";
    rendered.set(path, { kind, path, content: templates.text(`${folder}/${path}`) });
  }
  return [...rendered.values()];
}
