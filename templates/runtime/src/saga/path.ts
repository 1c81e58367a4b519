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

/** What an input says: a path, a value as it stands, or what was meant as a path anywhere in it and is none. */
export type WrittenInput<T> = { readonly path: SagaPath } | { readonly literal: T } | { readonly unreadable: string };

/** Reads the value of an input. A misspelt path within a literal would reach the participant as it stands: it is told. */
export function readInput<T>(value: T): WrittenInput<T> {
  const path = typeof value === "string" ? parsePath(value) : undefined;
  if (path !== undefined) return { path };
  const unreadable = pathWithin(value);
  return unreadable === undefined ? { literal: value } : { unreadable };
}

function pathWithin(value: unknown): string | undefined {
  if (typeof value === "string") return looksLikePath(value) ? value : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const part of Object.values(value)) {
    const found = pathWithin(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a text was meant as a path: `$.triger.orderId` was, the price `$.50` was not. */
export function looksLikePath(text: string): boolean {
  return /^\$\.[A-Za-z_]/.test(text);
}
