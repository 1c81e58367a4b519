import type { SagaTexts } from "../../generators/_command/command.ts";
import { sagaFiles } from "../../generators/_command/saga-files.ts";
import type { ManifestDocument } from "../../generators/_system/document.ts";

/** What a command's edit is given where there is no repository around the manifest. */
export function noSagas(manifest: ManifestDocument): SagaTexts {
  return sagaFiles(() => undefined).of(manifest);
}
