import { observe } from "./choreography/observe.ts";
import { decide } from "./decide.ts";
import type { Decide } from "./transition.ts";

/** The one place where a saga's style matters to its row: who leads it decides, who only looks on observes. */
export const decideByStyle: Decide = (definition, state, input) =>
  (definition.style === "choreography" ? observe : decide)(definition, state, input);
