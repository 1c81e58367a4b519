import type { ManifestDocument } from "../_system/document.ts";
import type { Asker } from "./ask.ts";
import type { SagaTexts } from "./command.ts";
import type { Output } from "./output.ts";

/** How a run was started: the same from Yeoman and from the `eda` bin. */
export interface Door {
  readonly cwd: string;
  readonly output: Output;
  /** Absent where there is no terminal, and under `--defaults`, which asks nothing. */
  readonly asker?: Asker;
  readonly defaults: boolean;
  readonly force: boolean;
  /** Show what would be written, and write nothing; `full`: with what is in new files. */
  readonly dryRun: boolean | "full";
}

/** What `--dry-run` and `--diff`, which is one with more in it, ask for together. */
export function dryRunOf(asked: { readonly dryRun?: boolean; readonly diff?: boolean }): Door["dryRun"] {
  return asked.diff === true ? "full" : asked.dryRun === true;
}

/** An edit that can be made again, on a manifest and sagas that another run has changed in between. */
export type Step = (manifest: ManifestDocument, sagas: SagaTexts) => void;
