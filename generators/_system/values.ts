import { isDeepStrictEqual } from "node:util";
import type { NodePath } from "./place.ts";

/** Edits of plain, frozen values: each returns a new value that shares every part that did not change. */
export type PlainMap = Readonly<Record<string, unknown>>;

export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function valueAt(value: unknown, path: NodePath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as PlainMap)[step];
  }
  return current;
}

/** Merges a value in at a path, creating the maps above it; maps key by key, lists by the items they lack. */
export function mergedAt(value: unknown, path: NodePath, addition: unknown): unknown {
  return changedAt(value, path, (current) => merged(current, addition));
}

/** Removes what is at a path. */
export function removedAt(value: unknown, path: NodePath): unknown {
  if (path.length === 0 || valueAt(value, path) === undefined) return value;
  const last = path.at(-1)!;
  return changedAt(value, path.slice(0, -1), (parent) => {
    if (Array.isArray(parent)) return Object.freeze(parent.filter((_, at) => at !== last));
    return fromEntries(Object.entries(parent as PlainMap).filter(([key]) => key !== String(last)));
  });
}

function changedAt(value: unknown, path: NodePath, change: (current: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return change(value);
  if (Array.isArray(value) && typeof step === "number") {
    const items = [...value];
    items[Math.min(step, items.length)] = changedAt(value[step], rest, change);
    return Object.freeze(items);
  }
  const parent = isPlainMap(value) ? value : {};
  return withKey(parent, String(step), changedAt(valueAt(parent, [step]), rest, change));
}

function merged(current: unknown, addition: unknown): unknown {
  if (isPlainMap(addition)) {
    let map: PlainMap = isPlainMap(current) ? current : {};
    for (const [key, value] of Object.entries(addition)) {
      if (value !== undefined) map = withKey(map, key, merged(valueAt(map, [key]), value));
    }
    return map === current ? current : Object.freeze(map);
  }
  if (Array.isArray(addition) && Array.isArray(current)) {
    const lacking = addition.filter((item) => !current.some((other) => isDeepStrictEqual(other, item)));
    return lacking.length === 0
      ? current
      : Object.freeze([...current, ...lacking.map((item) => merged(undefined, item))]);
  }
  if (Array.isArray(addition)) return Object.freeze(addition.map((item) => merged(undefined, item)));
  return addition;
}

function withKey(map: PlainMap, key: string, value: unknown): PlainMap {
  if (Object.hasOwn(map, key) && Object.is(map[key], value)) return map;
  const entries = Object.entries(map);
  const at = entries.findIndex(([other]) => other === key);
  if (at < 0) entries.push([key, value]);
  else entries[at] = [key, value];
  return fromEntries(entries);
}

/** `Object.fromEntries` makes own properties of every key, `__proto__` too. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): PlainMap {
  return Object.freeze(Object.fromEntries(entries));
}
