import { Command as Program } from "commander";
import { type Opened, openExisting } from "../_command/opened.ts";
import { type Output, outputTo } from "../_command/output.ts";
import { errorsOf } from "../_command/refusal.ts";
import { showResult } from "../_command/show.ts";
import { openDisk } from "../_render/disk.ts";
import { withLock } from "../_render/lock.ts";
import type { Plan } from "../_render/plan.ts";
import { isReadableBy, type PublishedFile, planPublished, publishedFiles } from "../_render/published.ts";
import { type Applied, applyPlan, readRecord } from "../_render/write.ts";
import { publishedFolder } from "../_rules/published.ts";
import { EdaError } from "../_system/errors.ts";
import { type Format, formatOption } from "./format.ts";

export function publishCommand(): Program {
  return new Program("publish")
    .description(
      "Freezes contracts and saga definitions as published: what they say from now on changes with a version",
    )
    .addOption(formatOption())
    .action(async ({ format }: { readonly format: Format }) => {
      const output = outputTo(process.stdout, format === "json" ? () => undefined : undefined);
      const { root } = openExisting(process.cwd());
      const { plan, applied } = await withLock(
        root,
        async () => {
          // Read again: another run may have written while this one waited.
          const plan = planOf(openExisting(root));
          return { plan, applied: applyPlan(root, { plan }) };
        },
        { onWait: () => output.line("Another run is writing to this repository; waiting for it to end.") },
      );
      if (format === "json") printJson(plan, applied);
      else {
        showResult(output, [], plan, applied, false);
        if (applied.written.length > 0) for (const line of next(output)) output.line(line);
      }
    });
}

function next(output: Output): readonly string[] {
  return [
    `\nWhat is in ${publishedFolder} changes from now on under a new version only: \`eda validate\` compares with it.`,
    `\n${output.strong("Next:")}`,
    `  git add ${publishedFolder}`,
    `  git commit -m "Publish" ${publishedFolder}`,
  ];
}

/** Throws an `EdaError` where what would be frozen is not sound, or breaks what is frozen already. */
function planOf(opened: Opened): Plan {
  const { root, manifest } = opened;
  const errors = errorsOf(opened);
  if (errors.length > 0) {
    const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
    throw new EdaError(`Nothing was published: \`eda validate\` finds ${count}`, { hint: errors[0]!.message });
  }
  const unread = manifest.system.sagas.find(({ flow }) => flow === undefined);
  if (unread !== undefined) {
    throw new EdaError(`Nothing was published: ${unread.definition} cannot be read`, { hint: "See `eda validate`" });
  }
  const disk = openDisk(root);
  const files = publishedFiles(manifest.system);
  for (const file of files) if (disk.look(file.path).is === "file") refuseBroken(file, disk.read(file.path));
  return { entries: planPublished(files, disk), record: readRecord(root) };
}

/** An event's contract that no longer says what its readers go by. */
function refuseBroken({ event, path, content }: PublishedFile, published: string): void {
  if (event === undefined || published === content || isReadableBy(parsed(published), parsed(content))) return;
  const [service = "", name = ""] = event.split(".");
  throw new EdaError(`Nothing was published: ${event} is published in ${path}, and has changed since`, {
    hint: `Give services.${service}.events.${name} a new version, or take the change back; fields that may be absent can be added`,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function printJson({ entries }: Plan, { written }: Applied): void {
  const unchanged = entries.filter(({ action }) => action === "unchanged").length;
  outputTo(process.stdout).line(JSON.stringify({ written, unchanged }));
}
