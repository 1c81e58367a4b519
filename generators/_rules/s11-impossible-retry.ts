import { aloneExample } from "./saga-example.ts";
import { shapeRule } from "./saga-rule.ts";

export const impossibleRetry = shapeRule({
  id: "EDA-S11",
  severity: "error",
  title:
    "attempts below 1, a multiplier below 1, `max` below `initial`, a duration that is zero, negative, without a unit or unparsable",
  explanation:
    "timeout: 30 is thirty milliseconds to one reader and thirty seconds to the next, and the difference is an outage: " +
    "so a duration has its unit. Zero attempts never send the command, a multiplier below one makes each wait shorter " +
    "while a participant is struggling, and a longest wait below the first one cannot be meant.",
  examples: [
    { fails: aloneExample("timeout: 30s", "timeout: 30"), repair: aloneExample() },
    {
      fails: aloneExample("timeout: 30s", "timeout: 30s\nretry: { attempts: 0 }"),
      repair: aloneExample("timeout: 30s", "timeout: 30s\nretry: { attempts: 1 }"),
    },
  ],
});
