import type { NodePath } from "../_system/place.ts";
import { nearest } from "../_system/suggest.ts";
import { isPlainMap } from "../_system/values.ts";

/** A key that is not known, and the known one, absent there, that was probably meant by it. */
export interface MisspeltKey {
  /** Where it is written. */
  readonly at: NodePath;
  readonly meant: string;
}

/** A definition in which each misspelt key stands under the name that was meant: it is told of once, and counts. */
export interface Straightened {
  readonly value: unknown;
  readonly misspelt: readonly MisspeltKey[];
  /** The path as it is written, of a path in `value`. */
  written(path: NodePath): NodePath;
}

/** A definition without misspelt keys. */
export function asWritten(value: unknown): Straightened {
  return { value, misspelt: [], written: (path) => path };
}

type Schema = Readonly<Record<string, unknown>>;

/** Gives misspelt keys the names that a JSON Schema has for them, wherever its maps are closed. */
export function straightened(value: unknown, schema: Schema): Straightened {
  const misspelt: MisspeltKey[] = [];
  const names = new Map<string, ReadonlyMap<string, string>>();
  const straight = (node: unknown, of: Schema, at: NodePath): unknown => {
    if (Array.isArray(node)) {
      const items = of.items as Schema | undefined;
      return items === undefined ? node : node.map((item, index) => straight(item, items, [...at, index]));
    }
    if (!isPlainMap(node)) return node;
    const shape = shapeFor(node, of);
    const properties = (shape?.properties ?? {}) as Readonly<Record<string, Schema>>;
    const meant = meantKeys(node, Object.keys(properties));
    if (meant.size > 0) {
      names.set(JSON.stringify(at), new Map(Array.from(meant, ([written, name]) => [name, written])));
    }
    return Object.fromEntries(
      Object.entries(node).map(([written, part]) => {
        const name = meant.get(written) ?? written;
        const path = [...at, written];
        if (name !== written) misspelt.push({ at: path, meant: name });
        const inside = Object.hasOwn(properties, name) ? properties[name] : undefined;
        return [name, inside === undefined ? part : straight(part, inside, path)];
      }),
    );
  };
  const result = straight(value, schema, []);
  return {
    value: result,
    misspelt,
    written(path) {
      const written: (string | number)[] = [];
      for (const step of path) written.push(names.get(JSON.stringify(written))?.get(String(step)) ?? step);
      return written;
    },
  };
}

/** Of several shapes that a map may have, the one that knows most of its keys. */
function shapeFor(map: Readonly<Record<string, unknown>>, schema: Schema): Schema | undefined {
  const shapes = ((schema.anyOf ?? [schema]) as Schema[]).filter(
    ({ properties, additionalProperties }) => properties !== undefined && additionalProperties === false,
  );
  let best: Schema | undefined;
  let most = -1;
  for (const shape of shapes.toReversed()) {
    const keys = Object.keys(shape.properties as object);
    const known = Object.keys(map).filter((key) => keys.includes(key)).length + meantKeys(map, keys).size;
    if (known > most) [best, most] = [shape, known];
  }
  return best;
}

function meantKeys(map: Readonly<Record<string, unknown>>, keys: readonly string[]): ReadonlyMap<string, string> {
  const meant = new Map<string, string>();
  if (keys.length === 0) return meant;
  const free = new Set(keys.filter((key) => !Object.hasOwn(map, key)));
  for (const written of Object.keys(map)) {
    if (keys.includes(written)) continue;
    const near = nearest(written, free);
    if (near === undefined || nearest(written, keys) !== near) continue;
    meant.set(written, near);
    free.delete(near);
  }
  return meant;
}
