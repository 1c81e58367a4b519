import { disorders } from "./s03-order-of-kinds.ts";
import { aloneExample } from "./saga-example.ts";
import { sagaRule } from "./saga-rule.ts";

const lastStep = `  - id: confirm
    kind: retriable
    command: orders.ConfirmOrder
    input: { orderId: $.trigger.orderId }
    success: orders.OrderConfirmed
completed:`;

export const failureAfterPivot = sagaRule({
  id: "EDA-S12",
  severity: "warning",
  title: "a step after the pivot with a `failure` event: it would be stuck there",
  explanation:
    "After the point of no return the saga only goes forward. A step there that may be refused has no way out: the saga " +
    "is stuck until an operator decides what becomes of it. Move what can be refused before the pivot, or make the step " +
    "one that always succeeds in the end.",
  examples: [
    {
      fails: aloneExample("completed:", lastStep.replace("completed:", "    failure: orders.OrderKept\ncompleted:")),
      repair: aloneExample("completed:", lastStep),
    },
  ],
  alone: true,
  *judge({ document: { draft } }) {
    // Where the order of kinds is wrong it is not known which steps come after the pivot.
    for (const _ of disorders(draft)) return;
    for (const step of draft.groups.flat()) {
      if (step.kind !== "retriable" || step.failure === undefined || step.failure.text === step.success?.text) continue;
      yield {
        at: [...step.at, "failure"],
        part: "key",
        message: `${step.label} comes after the point of no return and can fail with ${step.failure.text}: the saga would be stuck there`,
        hint: "Move it before the pivot, or make it one that cannot be refused",
      };
    }
  },
});
