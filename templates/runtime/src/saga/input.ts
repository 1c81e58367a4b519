import { courseOf } from "./course.ts";
import type { Json, JsonObject, SagaCommand, SagaInputValue } from "./definition.ts";
import type { SagaState } from "./transition.ts";

/** A command's data. A field whose path leads nowhere is left out: an optional field of the trigger or of a reply. */
export function dataFor(command: SagaCommand, state: SagaState): JsonObject {
  const data: [string, Json][] = [];
  for (const [field, value] of Object.entries(command.input)) {
    const found = resolve(value, state);
    if (found !== undefined) data.push([field, found]);
  }
  return Object.fromEntries(data);
}

/** Whether a command's data is taken from what a step has answered. */
export function reads(command: SagaCommand, step: string): boolean {
  return Object.values(command.input).some(
    (value) => "path" in value && value.path.from === "step" && value.path.step === step,
  );
}

function resolve(value: SagaInputValue, state: SagaState): Json | undefined {
  if ("literal" in value) return value.literal;
  const { path } = value;
  switch (path.from) {
    case "id":
      return state.id;
    case "failure":
      return state.failure?.reason;
    case "trigger":
      return within(state.trigger, path.at);
    case "step":
      return within(courseOf(state, { step: path.step, direction: "forward" })?.reply, path.at);
    case "on":
      // Only a choreography has it, and there the participant fills in the data.
      return undefined;
  }
}

/** What a path leads to in a value; undefined where it leads nowhere. */
export function within(value: Json | undefined, at: readonly string[]): Json | undefined {
  let found: unknown = value;
  for (const name of at) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found as Json | undefined;
}
