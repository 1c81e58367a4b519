import assert from "node:assert/strict";
import fc from "fast-check";
import { parseManifest } from "../../../generators/_system/document.ts";
import { readManifestText } from "../../../generators/_system/read.ts";
import { reconcile } from "../../../generators/_system/reconcile.ts";
import { spliced } from "../../../generators/_system/splice.ts";
import { plainValue } from "../../../generators/_system/tree.ts";
import { laidOut, type ManifestValue, randomLook, randomManifest } from "../../support/random-manifest.ts";

/** Any value that YAML has, under keys that need quotes and keys that do not. */
const anyText = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom(
      "true",
      "null",
      "~",
      "7",
      "1e3",
      "-",
      "- a",
      "a: b",
      "a #b",
      "'",
      '"',
      " x",
      "x ",
      "a\nb",
      "@x",
      "7d",
      "0x1",
      ".5",
      "=",
      "<<",
    ),
  )
  .filter((text) => !/\ufffd|[^\P{Cc}\n\t\r]/u.test(text));
const anyKey = anyText.filter((text) => text !== "" && text !== "__proto__" && text !== "<<");
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    anyText,
    fc.constantFrom<unknown>(0, 1, -2.5, 1e21, true, false, null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

function rewritten(text: string, after: unknown): string {
  const root = readManifestText(text, "eda.yaml");
  const result = spliced(text, reconcile(text, root, plainValue(root), after));
  assert.ok(result !== undefined, "no two changes of one place");
  return result;
}

const valueOfText = (text: string): unknown => plainValue(readManifestText(text, "eda.yaml"));

describe("reconcile", () => {
  it("makes the text of one manifest say any other", () => {
    fc.assert(
      fc.property(randomManifest, randomLook, randomManifest, (from, look, to) => {
        assert.deepEqual(valueOfText(rewritten(laidOut(from, look), to)), to);
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);

  it("writes any value in any place, whatever stood there", () => {
    fc.assert(
      fc.property(
        randomManifest,
        randomLook,
        fc.array(fc.tuple(fc.nat(), anyValue), { maxLength: 4 }),
        (from, look, parts) => {
          const to = { ...parts.reduce((value, [at, part]) => replacedAt(value, at, part), from), eda: 1 };
          const text = rewritten(laidOut(from, look), to);
          assert.deepEqual(valueOfText(text), to, text);
        },
      ),
      { numRuns: 1000 },
    );
  }).timeout(60_000);

  it("keeps every comment and every other line where entries are added", () => {
    fc.assert(
      fc.property(randomManifest, randomLook, anyKey, (manifest, look, key) => {
        const text = laidOut(manifest, { ...look, braces: [false] });
        const document = parseManifest(text);
        document.set(["services", "added"], { context: "added", events: { Done: { fields: { addedId: "uuid" } } } });
        document.set(["contexts", "added"], { purpose: key });
        const lines = document.toString().split("\n");
        let at = 0;
        // An empty map gives up its braces for the first entry.
        for (const line of text.split("\n").filter((each) => !each.includes("{}"))) {
          const found = lines.indexOf(line, at);
          assert.ok(found >= 0, `lost ${JSON.stringify(line)}`);
          at = found + 1;
        }
      }),
      { numRuns: 200 },
    );
  }).timeout(60_000);
});

/** The value with the n-th node below its root put in place of. */
function replacedAt(value: ManifestValue, at: number, part: unknown): ManifestValue {
  const size = (node: unknown): number => 1 + partsOf(node).reduce((sum, [, each]) => sum + size(each), 0);
  const below = size(value) - 1;
  if (below === 0) return value;
  let left = at % below;
  const visit = (node: unknown): unknown => {
    const parts = partsOf(node).map(([key, each]): [string, unknown] => [key, left-- === 0 ? part : visit(each)]);
    if (Array.isArray(node)) return parts.map(([, each]) => each);
    return parts.length > 0 ? Object.fromEntries(parts) : node;
  };
  return visit(value) as ManifestValue;
}

function partsOf(node: unknown): [string, unknown][] {
  return typeof node === "object" && node !== null ? Object.entries(node) : [];
}
