import { type Open, sagaNames, validSystem } from "../valid-system.ts";
import type { Part, Path } from "./mutation.ts";

/** Every map of the valid sagas. */
export function partsOf(): readonly Part[] {
  const { sagas } = validSystem();
  const parts: Part[] = [];
  for (const saga of sagaNames) {
    const visit = (value: Open, path: Path, kind: Part["kind"]): void => {
      parts.push({ saga, path, kind });
      if (value.retry) parts.push({ saga, path: [...path, "retry"], kind: "retry" });
      if (value.input) parts.push({ saga, path: [...path, "input"], kind: "input" });
      if (typeof value.compensation === "object") visit(value.compensation, [...path, "compensation"], "compensation");
    };
    const whole = sagas[saga];
    visit(whole, [], "top");
    for (const [index, step] of whole.steps.entries()) {
      if (!step.parallel) visit(step, ["steps", index], "step");
      else {
        parts.push({ saga, path: ["steps", index], kind: "group" });
        for (const [at, member] of step.parallel.entries()) visit(member, ["steps", index, "parallel", at], "step");
      }
    }
    for (const ending of ["completed", "compensated"]) if (whole[ending]) visit(whole[ending], [ending], "ending");
  }
  return parts;
}
