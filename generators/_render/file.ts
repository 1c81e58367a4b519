/**
 * What a system's files are. `render(system)` returns these; the plan compares them with the disk.
 *
 * - `derived`: follows from the manifest, rendered again on every run; a hand edit is recognised by its hash.
 * - `runtime`: derived too, but the user's to change: an edited one is kept and shown, never a finding.
 * - `started`: written once, then the user's; one that was deleted does not come back.
 * - `stub`: started too, but it follows the manifest for as long as nobody has edited it.
 * - `shared`: ours and other people's together; edited as a document, by a function of what is there and of whether
 *   an earlier run has had a hand in it.
 */
export type RenderedFile =
  | { readonly kind: "derived" | "runtime" | "started" | "stub"; readonly path: string; readonly content: string }
  | { readonly kind: "shared"; readonly path: string; edit(current: string | undefined, isOurs: boolean): string };

export type FileKind = RenderedFile["kind"];
