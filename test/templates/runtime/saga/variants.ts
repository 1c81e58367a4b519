import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import type { SagaDefinition } from "../../../../templates/runtime/src/saga/definition.ts";
import type { CommandSource, SagaSource, StepSource } from "../../../../templates/runtime/src/saga/source.ts";

/**
 * A saga of steps in shorthand: `a` is compensatable, `a-` is so with `compensation: none`, `P` a pivot that cannot be
 * taken back, `P~` one that can, `r+` retriable; a list runs side by side. Step ids are the letters.
 */
export function sagaOf(
  shorthand: readonly (string | readonly string[])[],
  {
    endings = true,
    inputs = {},
  }: { endings?: boolean; inputs?: Readonly<Record<string, CommandSource["input"]>> } = {},
): SagaDefinition {
  const source: SagaSource = {
    saga: "variant",
    version: 1,
    style: "orchestration",
    trigger: "shop.Ordered",
    key: "$.trigger.orderId",
    deadline: "15m",
    timeout: "30s",
    retry: { attempts: 3 },
    steps: shorthand.map((entry) =>
      typeof entry === "string" ? step(entry, inputs) : { parallel: entry.map((member) => step(member, inputs)) },
    ),
    ...(endings
      ? {
          completed: { command: "shop.Confirm", success: "shop.Confirmed", input: inputs.completed ?? {} },
          compensated: { command: "shop.Cancel", success: "shop.Cancelled", input: { reason: "$.failure.reason" } },
        }
      : {}),
  };
  return compileSaga(source, "shop");
}

function step(text: string, inputs: Readonly<Record<string, CommandSource["input"]>>): StepSource {
  const id = text.replace(/[-~+]$/, "");
  const kind = text.endsWith("+") ? "retriable" : /^[A-Z]/.test(id) ? "pivot" : "compensatable";
  const undone = text.endsWith("~") || text === id ? kind !== "pivot" || text.endsWith("~") : false;
  const compensation = { command: `${id}.Undo`, success: `${id}.Undone` };
  return {
    id,
    kind,
    command: `${id}.Do`,
    success: `${id}.Done`,
    failure: `${id}.Refused`,
    input: inputs[id] ?? {},
    ...(kind === "retriable" ? {} : { compensation: undone ? compensation : "none" }),
  };
}
