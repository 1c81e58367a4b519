import { commandsIn } from "../_saga/commands-in.ts";
import { isOutOfReach, placeOf, scopeOf } from "./input-scope.ts";
import { aloneExample } from "./saga-example.ts";
import { sagaRule } from "./saga-rule.ts";

export const readsUnknownReply = sagaRule({
  id: "EDA-S09",
  severity: "error",
  title:
    "a compensation's input reads the reply of its own step, or of a member of its parallel group; `compensated` reads a step",
  explanation:
    "A compensation runs exactly when its step's outcome may be unknown: the answer was lost, or never came. Its reply " +
    "is then missing when it is needed most, in the middle of a night with a network that drops packets. Whatever the " +
    "compensation has to know is known before the step: the trigger, or the reply of an earlier step. compensated runs " +
    "after any of them may have failed, so it cannot count on a step at all.",
  examples: [
    {
      fails: aloneExample(
        "{ paymentId: $.trigger.orderId }\n      success",
        "{ paymentId: $.steps.capture-payment.paymentId }\n      success",
      ),
      repair: aloneExample(),
    },
  ],
  alone: true,
  *judge({ document: { draft } }) {
    if (draft.style === "choreography") return;
    for (const placed of commandsIn(draft)) {
      const { role, command, step } = placed;
      if (role !== "compensation" && role !== "compensated") continue;
      const scope = scopeOf(draft, placed);
      for (const { at, value } of command.input ?? []) {
        if (!("path" in value) || value.path.from !== "step") continue;
        if (isOutOfReach(value.path, placed, scope, draft) !== "EDA-S09") continue;
        const { step: id } = value.path;
        const because =
          role === "compensated"
            ? "it may have failed, or never run"
            : id === step?.id
              ? "its own step, whose reply is missing when its outcome is unknown"
              : `step ${id} runs beside it, and its reply may be missing`;
        yield {
          at,
          message: `${command.label} reads ${placeOf(value.path)}: ${because}`,
          hint: "Read the trigger, or the reply of an earlier step",
        };
      }
    }
  },
});
