import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDisk } from "../_render/disk.ts";
import type { RenderedFile } from "../_render/file.ts";
import { withLock } from "../_render/lock.ts";
import { isFile, type Plan, type PlanEntry, planFiles } from "../_render/plan.ts";
import { render } from "../_render/render.ts";
import { openRepository } from "../_render/repository-view.ts";
import { sagasLeftOut } from "../_render/saga-roles.ts";
import { loadTemplates } from "../_render/templates.ts";
import { type Applied, applyPlan, readRecord } from "../_render/write.ts";
import { EdaError } from "../_system/errors.ts";
import type { SagaEntry } from "../_system/system.ts";
import { refuseUnsettled, type Settled, settleConflicts } from "./conflicts.ts";
import type { Door, Step } from "./door.ts";
import { defaultGenerator, placeGenerator, readGenerator } from "./generator-spec.ts";
import { refuseNotYet } from "./not-yet.ts";
import { type Opened, openText, readManifest } from "./opened.ts";
import { errorsOf, newErrors, RefusedError } from "./refusal.ts";
import { showPlan, showResult, sourceEntry } from "./show.ts";
import { showDryRun } from "./show-dry-run.ts";

export interface Committed {
  readonly root: string;
  /** Whether the repository was made by this run. */
  readonly isNew: boolean;
  /** What to type next, in order. */
  readonly next: readonly string[];
  readonly applied: Applied;
}

/**
 * Ends a run: rules, plan, a look for whoever sits at a terminal, then the lock and the write. Another run may have
 * changed the manifest in the meantime; the edits are then made again, on what it says now. What lies on disk is
 * looked at under the lock.
 *
 * @param readAll Look into derived files that are on record as up to date, too: what `eda sync` is for.
 */
export async function commitRun(
  door: Door,
  opened: Opened,
  steps: readonly Step[],
  next: readonly string[],
  { readAll = false }: { readonly readAll?: boolean } = {},
): Promise<Committed | undefined> {
  const { root, original } = opened;
  const { output, asker } = door;
  const prepared = prepare(opened);
  const sources = sourcesOf(opened);
  if (door.dryRun) {
    await showDryRun(output, sources, planOf(prepared, readAll), door.dryRun === "full");
    return undefined;
  }
  let settled: Settled | undefined;
  const isShown = asker !== undefined && steps.length > 0;
  if (asker) {
    const plan = planOf(prepared, readAll);
    settled = await settleConflicts(plan, door.force, asker, output);
    if (isShown) {
      await showPlan(output, sources, plan);
      if (!(await asker.confirm("Write this?", true))) {
        output.line("Nothing was written.");
        return undefined;
      }
    }
  }
  const applied = await withLock(
    root,
    async () => {
      const wasCutShort = existsSync(join(root, ".eda", "tmp"));
      const text = readManifest(root);
      const isAsRead = text === original && opened.sagas.isCurrent();
      const now = isAsRead ? opened : again(opened, text, steps);
      const plan = planOf(now === opened ? prepared : prepare(now), readAll);
      settled ??= await settleConflicts(plan, door.force, undefined, output);
      refuseUnsettled(plan, settled);
      if (original === undefined) await placeGenerator(root, opened.generator ?? defaultGenerator());
      const written = sourcesOf(now);
      const applied = applyPlan(root, {
        plan,
        sagas: now.sagas.changes.map(({ path, text, before }) => ({ path, text, expected: before })),
        manifest: { path: "eda.yaml", text: now.manifest.toString(), expected: text },
        force: settled.overwrite,
      });
      if (wasCutShort) output.line(afterCutShort(now));
      const left = sagasLeftOut(now.manifest.system);
      showResult(output, written, plan, applied, isShown, left.length > 0);
      for (const line of left.map(leftOut)) output.line(line);
      return applied;
    },
    { onWait: () => output.line("Another run is writing to this repository; waiting for it to end.") },
  );
  return { root, isNew: original === undefined, next, applied };
}

/** A manifest whose rules hold, with the files that follow from it. */
export interface Prepared {
  readonly root: string;
  readonly rendered: readonly RenderedFile[];
  /** What the manifest before this run's edits rendered to. */
  readonly before: () => readonly RenderedFile[];
}

/** Checks the rules and renders. Throws a `RefusedError` for errors that the edits bring in. */
export function prepare(opened: Opened): Prepared {
  const { root, manifest, sagas, baseline, generator } = opened;
  refuseNotYet(manifest.system);
  const templates = loadTemplates();
  const spec = generator ?? readGenerator(root) ?? defaultGenerator();
  const rendered = render(manifest.system, templates, spec);
  const coming = new Set(rendered.map(({ path }) => path));
  for (const { path } of sagas.changes) {
    if (coming.has(path))
      throw new EdaError(`A saga's definition cannot be ${path}, which is another file of the system`);
    // A folder, a pipe or a link that leads elsewhere would be read as nothing, and then be written to.
    isFile(openDisk(root), path);
  }
  const errors = newErrors(() => baseline?.errors() ?? [], errorsOf(opened, coming));
  if (errors.length > 0) throw new RefusedError(errors);
  return { root, rendered, before: () => (baseline ? render(baseline.system, templates, spec) : []) };
}

/** Compares what is rendered with what lies on disk now. */
export function planOf({ root, rendered, before }: Prepared, readAll: boolean): Plan {
  return planFiles({ rendered, record: readRecord(root), disk: openDisk(root), before, readAll });
}

/** What people write, as the run leaves it: the manifest and the sagas that it changes. */
function sourcesOf({ original, manifest, sagas }: Opened): readonly PlanEntry[] {
  return [
    sourceEntry("eda.yaml", original, manifest.toString()),
    ...sagas.changes.map(({ path, text, before }) => sourceEntry(path, before, text)),
  ];
}

/** Of a run that was killed between a saga and the manifest, only the saga is known: what else it was told is gone. */
function afterCutShort({ root, manifest }: Opened): string {
  const named = new Set(manifest.system.sagas.map(({ definition }) => definition));
  const paths = openRepository(root)
    .list("sagas")
    .map((file) => `sagas/${file}`);
  const unnamed = paths.filter((path) => path.endsWith(".saga.yaml") && !named.has(path));
  return unnamed.length === 0
    ? "An earlier run was cut short; what it had left out is there now."
    : `An earlier run was cut short before eda.yaml named ${unnamed.join(", ")}: run it again.`;
}

function leftOut({ name, definition }: SagaEntry): string {
  return `Saga ${name} does not run as ${definition} stands, and what follows from it is left out: see \`eda validate\`.`;
}

function again({ root }: Opened, text: string | undefined, steps: readonly Step[]): Opened {
  if (text === undefined) throw new EdaError("eda.yaml has gone while this ran; nothing was written");
  const opened = openText(root, text);
  const sagas = opened.sagas.of(opened.manifest);
  for (const step of steps) step(opened.manifest, sagas);
  return opened;
}
