import type { SagaPath } from "./definition.ts";

const segment = /^[A-Za-z0-9_-]+$/;

/**
 * `$.trigger.x.y`, `$.steps.<id>.x`, `$.saga.id`, `$.failure.reason`, `$.on.x`. Undefined for any other text, which is
 * then a literal, unless it `looksLikePath`.
 */
export function parsePath(text: string): SagaPath | undefined {
  const [root, from, ...rest] = text.split(".");
  if (root !== "$" || rest.length === 0 || !rest.every((each) => segment.test(each))) return undefined;
  switch (from) {
    case "trigger":
    case "on":
      return { from, at: rest };
    case "steps": {
      const [step, ...at] = rest;
      return at.length === 0 ? undefined : { from: "step", step: step!, at };
    }
    case "saga":
      return rest.length === 1 && rest[0] === "id" ? { from: "id" } : undefined;
    case "failure":
      return rest.length === 1 && rest[0] === "reason" ? { from: "failure" } : undefined;
    default:
      return undefined;
  }
}

/** Whether a text was meant as a path: `$.triger.orderId` was, the price `$.50` was not. */
export function looksLikePath(text: string): boolean {
  return /^\$\.[A-Za-z_]/.test(text);
}
