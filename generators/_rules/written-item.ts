import type { ManifestDocument } from "../_system/document.ts";
import type { NodePath } from "../_system/place.ts";

/** The path of a text in a list as it is written: the system may hold the list in another order. */
export function writtenItem(manifest: ManifestDocument, list: NodePath, item: string): NodePath {
  const written = manifest.get(list);
  const index = Array.isArray(written) ? written.indexOf(item) : -1;
  return index < 0 ? list : [...list, index];
}
