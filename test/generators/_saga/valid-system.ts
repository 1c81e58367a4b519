import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { Example } from "../../../generators/_rules/rule.ts";

/** Plain values, open to be broken. */
// biome-ignore lint/suspicious/noExplicitAny: mutations reach in wherever they like
export type Open = any;

/** The manifest and the sagas of `valid/`, as open values, with what has been published of them. */
export interface OpenSystem {
  manifest: Open;
  sagas: { payment: Open; parcel: Open; loyalty: Open };
  published: Record<string, string>;
}

const folder = new URL("valid/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), "utf8");
const path = (saga: string): string => `sagas/${saga}.saga.yaml`;
export const sagaNames = ["payment", "parcel", "loyalty"] as const;

const texts = { manifest: read("eda.yaml"), sagas: sagaNames.map((name) => [name, read(path(name))] as const) };

const valid: OpenSystem = {
  manifest: parse(texts.manifest),
  sagas: Object.fromEntries(texts.sagas.map(([name, text]) => [name, parse(text)])) as OpenSystem["sagas"],
  published: {},
};

export function validSystem(): OpenSystem {
  return structuredClone(valid);
}

/** A system as files, for the rules. */
export function exampleOf({ manifest, sagas, published }: OpenSystem): Example {
  const files = Object.entries(sagas).map(([name, saga]) => [path(name), written(saga)]);
  return { manifest: written(manifest), files: { ...Object.fromEntries(files), ...published } };
}

/** One saga's file without its system. */
export function aloneOf({ sagas }: OpenSystem, name: (typeof sagaNames)[number]): Example {
  return { files: { [path(name)]: written(sagas[name]) } };
}

const known = new Map<string, string>();

/** Most parts of a broken system are as they were: each text is written once. */
function written(value: unknown): string {
  const json = JSON.stringify(value);
  let text = known.get(json);
  if (text === undefined) {
    text = stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
    known.set(json, text);
  }
  return text;
}
