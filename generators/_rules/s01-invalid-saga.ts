import { aloneExample } from "./saga-example.ts";
import { shapeRule } from "./saga-rule.ts";

export const invalidSaga = shapeRule({
  id: "EDA-S01",
  severity: "error",
  title: "a saga's definition is not valid against its schema",
  explanation:
    "A key that nobody knows is a promise that nobody keeps: with `compensaton:` an order would be refused and its stock " +
    "stay reserved. So an unknown key, a missing one, one that is there twice, a value of the wrong form and a step id " +
    "that is taken are refused, with the key that was probably meant, which the other rules then go by. A retriable step " +
    "has no compensation, since after the point of no return nothing is taken back.",
  examples: [
    { fails: aloneExample("compensation:", "compensaton:"), repair: aloneExample() },
    { fails: aloneExample("  - id: capture-payment\n", "  - id: completed\n"), repair: aloneExample() },
  ],
});
