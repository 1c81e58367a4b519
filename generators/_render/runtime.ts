import type { RenderedFile } from "./file.ts";
import type { Templates } from "./templates.ts";

/** `packages/runtime`, byte for byte what this project compiles, tests and measures. */
export function runtimeFiles(templates: Templates): readonly RenderedFile[] {
  return templates.below("runtime").map((path) => ({
    kind: "runtime",
    path: `packages/runtime/${path}`,
    content: templates.text(`runtime/${path}`),
  }));
}
