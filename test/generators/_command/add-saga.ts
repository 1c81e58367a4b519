import { commitRun } from "../../../generators/_command/commit.ts";
import type { Step } from "../../../generators/_command/door.ts";
import { openExisting } from "../../../generators/_command/opened.ts";
import { outputInto } from "../../support/sandbox.ts";

/** A run in the repository of a folder: an edit, or none, as the commands make it. Gives back what it printed. */
export async function runStep(root: string, ...steps: readonly Step[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const opened = openExisting(root);
  const sagas = opened.sagas.of(opened.manifest);
  for (const step of steps) step(opened.manifest, sagas);
  const door = { cwd: root, output: outputInto(lines), defaults: true, force: false, dryRun: false };
  await commitRun(door, opened, steps, [], { readAll: steps.length === 0 });
  return lines;
}

/** Adds a saga, and an outbox for a service that it is hosted by. */
export function addSaga(name: string, service: string, text: string): Step {
  return (manifest, sagas) => {
    manifest.set(["outboxes", service], { relay: "polling" });
    manifest.set(["sagas", name], { service });
    sagas.set(name, text);
  };
}
