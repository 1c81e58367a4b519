import { isDeepStrictEqual } from "node:util";
import { commandsIn } from "../_saga/commands-in.ts";
import type { DraftCommand, SagaDraft } from "../_saga/draft.ts";
import type { NodePath } from "../_system/place.ts";
import { nearest } from "../_system/suggest.ts";
import type { System } from "../_system/system.ts";
import { contractsOf } from "./contracts.ts";

const outcomes = {
  success: { other: "failure", means: "it is done" },
  failure: { other: "success", means: "it is refused" },
} as const;

/**
 * What to write as an outcome that is missing or no event: what the step's own command emits, where a system says
 * that; else an event of its service. Undefined for any other node.
 * @param written What stands there now.
 */
export function outcomeHint(draft: SagaDraft, at: NodePath, written: unknown, system?: System): string | undefined {
  const key = at.at(-1);
  if (key !== "success" && key !== "failure") return undefined;
  const found = commandsIn(draft).find(({ command }) => isDeepStrictEqual(command.at, at.slice(0, -1)));
  const asked = found?.command.command;
  const { means } = outcomes[key];
  if (asked === undefined)
    return `Write ${key}: service.Event, the event of the command's service that says that ${means}`;
  const events = possibleOutcomes(found!.command, key, system);
  const near = typeof written === "string" ? nearest(written.slice(written.indexOf(".") + 1), events) : undefined;
  const named = (near === undefined ? events : [near]).map((name) => `${asked.service}.${name}`);
  if (named.length === 1) return `Write ${key}: ${named[0]}`;
  if (named.length > 1) return `Write ${key}: ${named.join(" or ")}, the one that says that ${means}`;
  return `Write ${key}: ${asked.service}.Event, the event of ${asked.service} that says that ${means}`;
}

/** The names of the events that a command emits and that are not its other outcome already. */
export function possibleOutcomes(
  command: DraftCommand,
  key: keyof typeof outcomes,
  system?: System,
): readonly string[] {
  const emits = (system && contractsOf(system).command(command.command)?.command.emits) ?? [];
  const taken = command[outcomes[key].other]?.name;
  return emits.filter((name) => name !== taken);
}
