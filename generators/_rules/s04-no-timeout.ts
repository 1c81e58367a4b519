import { aloneExample } from "./saga-example.ts";
import { shapeRule } from "./saga-rule.ts";

export const noTimeout = shapeRule({
  id: "EDA-S04",
  severity: "error",
  title: "no timeout can be derived for a step or a compensation, or the saga has no deadline",
  explanation:
    "A participant that is down answers nothing, and nothing is not an event that anybody could react to. Without a " +
    "timeout the saga waits for it until somebody asks what became of the order; without a deadline it may go on trying " +
    "for days, with the stock reserved and the money held. The timeout at the top is the one of every step and " +
    "compensation that has none of its own; a compensation does not take its step's.",
  examples: [
    { fails: aloneExample("timeout: 30s\n"), repair: aloneExample() },
    { fails: aloneExample("deadline: 15m\n"), repair: aloneExample() },
  ],
});
