import assert from "node:assert/strict";
import fc from "fast-check";
import { parseManifest } from "../../../generators/_system/document.ts";
import { EdaError, UnreadableManifestError } from "../../../generators/_system/errors.ts";
import { readPlain } from "../../../generators/_system/read-plain.ts";
import { readYaml } from "../../../generators/_system/read-yaml.ts";
import { bigManifest } from "../../support/big-system.ts";
import { laidOut, randomLook, randomManifest } from "../../support/random-manifest.ts";
import { spoiled, spoiling } from "./spoiled-text.ts";

/** Manifests to spoil; small, so that thousands of them are read in seconds. */
const texts = fc.sample(
  fc.tuple(randomManifest, randomLook).map(([manifest, look]) => laidOut(manifest, look)),
  60,
);
const spoiledText = fc.tuple(fc.constantFrom(...texts), spoiling).map(([text, mutations]) => spoiled(text, mutations));

const lineKinds = [
  ...[
    "a:",
    "b: x",
    "b: y",
    "c: x y  # c",
    "d: x#y",
    "e:x",
    "f: # c",
    "g: -1",
    "h: - x",
    "i: a: b",
    "'j': \"k\"",
    "more",
  ],
  ...[
    "l: 'it''s'",
    "m: 'x' y",
    'n: "x" # c',
    "o: [",
    "]",
    "p: {",
    "}",
    "q: { r: s,",
    "t: u }",
    "v: [w, x,",
    "- x",
    "- y: z",
  ],
  ...[
    "- [a, { b: c }]",
    "- 'x'",
    "-",
    "# c",
    "",
    "A: 1e3",
    "B: 0x1F",
    "C: .inf",
    "D: 1.5",
    "E: .5",
    "F: 007",
    "G: ~",
    "H: 1.2.3",
  ],
  ...[
    "I: true",
    "J: Null",
    "K: 7d",
    "L: -x",
    "M: {a: 1, b: [c]}",
    "N: { a: b }: c",
    "O: [x] y",
    "P: {a: 'b', }",
    "Q: { a }",
  ],
  ...[
    "R: a, b",
    "S: {a: b c#d, e: f #g",
    "h: i}",
    "T: { u: v w }  # x",
    "---",
    "...",
    "U: |",
    "V: &a b",
    "W: *a",
    "? X",
    "Y : z",
    "Z: 'a'#b",
    "aa: [b]#c",
    "bb: 'c' d: e",
  ],
] as const;

describe("reading a manifest", () => {
  const bomb = [
    "eda: 1",
    "x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]",
    ...Array.from({ length: 12 }, (_, n) => `x-${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(", ")}]`),
  ].join("\n");
  const unreadable = [
    ["an empty file", "", /is empty/, 1, 1],
    ["comments only", "# nothing\n\n", /is empty/, 1, 1],
    ["a tab as indentation", "eda: 1\nservices:\n\torders: {}\n", /[Tt]ab/, 3, 1],
    ["bad indentation", "eda: 1\nservices:\n    a: {}\n  b: {}\n", /not readable YAML/, 4, 1],
    ["an open brace", "eda: 1\nstream: { platform: kafka\n", /not readable YAML/, 3, 1],
    ["a key that is there twice", "eda: 1\nname: a\nname: b\n", /The key name is there twice/, 3, 1],
    [
      "a key twice in braces",
      "eda: 1\nstream: { platform: kafka, platform: nats }\n",
      /platform is there twice/,
      2,
      28,
    ],
    ["a bare type with brackets in braces", "x: { lines: Line[] }\n", /not readable YAML/, 1, 17],
    ["a list", "- eda: 1\n", /not a map/, 1, 1],
    ["a sentence", "hello", /not a map/, 1, 1],
    ["a merge", "eda: 1\n<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> b\n", /holds the conflict of a merge/, 2, 1],
    ["two documents", "eda: 1\n---\neda: 1\n", /not readable YAML/, 2, 1],
    ["binary content", "eda: 1\nname: \u0000\u0001\n", /a character that text does not have/, 2, 7],
    ["bytes that were no UTF-8", "eda: 1\nname: \ufffd\n", /a character that text does not have/, 2, 7],
    ["aliases that multiply", bomb, /stand for too much/, 7, 10],
    ["an alias of nothing", "eda: 1\nname: *x\n", /no anchor &x/, 2, 7],
    ["an anchor that holds itself", "x-a: &a [*a]\n", /&a holds itself/, 1, 10],
    ["a map as a key", "eda: 1\n? { a: 1 }\n: b\n", /plain text/, 2, 3],
    ["an empty key", "eda: 1\n: b\n", /A key is empty/, 2, 1],
    ["the prototype as a key", "eda: 1\nservices:\n  __proto__: { port: 1 }\n", /__proto__ cannot be a key/, 3, 3],
    ["a tag", "eda: 1\nname: !ruby/object x\n", /not readable YAML/, 2, 7],
    ["a newer format", "# head\neda: 2\nname: x\n", /format 2; this version of eda reads format 1/, 2, 6],
    ["more than 4 MiB", `eda: 1\nname: ${"x".repeat(4 * 1024 * 1024)}`, /larger than 4 MiB/, 1, 1],
    ["nesting without end", `x: ${"[".repeat(100_000)}`, /nests deeper than 100 levels/, 1, undefined],
    [
      "a hundred brackets in a map",
      `x: ${"[".repeat(100)}${"]".repeat(100)}\n`,
      /nests deeper than 100 levels/,
      1,
      103,
    ],
    ["keys below each other", staircase(102), /nests deeper than 100 levels/, 101, 101],
    [
      "aliases that nest",
      `x-0: &a0 ${"[".repeat(60)}${"]".repeat(60)}\nx-1: ${"[".repeat(60)}*a0${"]".repeat(60)}\n`,
      /nests deeper than 100 levels/,
      2,
      66,
    ],
  ] as const;
  // Taken out once, each seen red here: the limits on bytes and on aliases, and the checks for control characters, for
  // keys that are there twice and for __proto__.
  for (const [what, text, message, line, column] of unreadable) {
    it(`refuses ${what}, with its place`, () => {
      assert.throws(
        () => parseManifest(text),
        (error: unknown) => {
          assert.ok(error instanceof UnreadableManifestError, String(error));
          assert.match(error.message, message);
          assert.ok(error.message.length < 200 && !error.message.includes("\n"), error.message);
          assert.ok(error.hint);
          // Where the parser has given up is its own affair.
          const place = { ...error.place, ...(column === undefined && { column }) };
          assert.deepEqual(place, { file: "eda.yaml", line, column });
          return true;
        },
      );
    });
  }

  it("reads a hundred levels", () => {
    const text = `x: ${"[".repeat(99)}${"]".repeat(99)}\n`;
    assert.deepEqual(readYaml(text), { root: readPlain(text) });
    assert.equal(readPlain(staircase(101)), undefined);
  });

  it("answers any spoiled manifest with a place, problems or a system", () => {
    const outcomes = { unreadable: 0, problems: 0, system: 0 };
    const check = (text: string): void => void outcomes[outcomeOf(text)]++;
    fc.assert(fc.property(spoiledText, check), { numRuns: 3000 });
    assert.ok(Math.min(...Object.values(outcomes)) > 50, JSON.stringify(outcomes));
  }).timeout(60_000);

  // Taken out once, each seen red here: the checks for text that goes on deeper, for lines in braces that stand too
  // far left, for a colon inside bare text, for numbers in other notations, for a comment without a blank before it,
  // and for keys that are there twice.
  describe("reads plainly written text into the tree that the general reader gives:", () => {
    let plain = 0;
    const same = (text: string): void => {
      const tree = readPlain(text);
      if (tree === undefined) return;
      plain++;
      assert.deepEqual(readYaml(text), { root: tree });
    };

    it("whole manifests", () => {
      for (const text of [bigManifest(12, 3), ...texts]) same(text);
    });

    it("spoiled manifests", () => {
      fc.assert(fc.property(spoiledText, same), { numRuns: 1500 });
    }).timeout(60_000);

    it("lines of all kinds in any order", () => {
      plain = 0;
      const line = fc
        .tuple(fc.constantFrom("", "", "", "  ", "    "), fc.constantFrom(...lineKinds))
        .map((parts) => parts.join(""));
      const text = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => `${lines.join("\n")}\n`);
      fc.assert(fc.property(text, same), { numRuns: 10_000 });
      assert.ok(plain > 500, `${plain} texts were plain`);
    }).timeout(60_000);
  });

  it("reads plainly what is nearly always written so", () => {
    assert.ok(readPlain(bigManifest(3, 2)));
    assert.ok(readPlain(bigManifest(3, 2).replaceAll("\n", "\r\n")));
  });
});

/** A key below each key. */
function staircase(keys: number): string {
  return `${Array.from({ length: keys }, (_, at) => `${" ".repeat(at)}a:`).join("\n")} 1\n`;
}

function outcomeOf(text: string): "unreadable" | "problems" | "system" {
  let document: ReturnType<typeof parseManifest>;
  try {
    document = parseManifest(text);
  } catch (error) {
    if (!(error instanceof EdaError) || error.place === undefined || !error.hint) throw error;
    return "unreadable";
  }
  const { schemaProblems } = document;
  for (const { at, part, message, hint } of schemaProblems) {
    const place = document.place(at, part);
    assert.ok(place.line >= 1 && place.column >= 1 && message !== "" && hint !== "");
    assert.ok(!/[\n\r]|undefined|\[object/.test(message + hint), message + hint);
  }
  if (schemaProblems.length > 0) return "problems";
  assert.ok(Object.isFrozen(document.system));
  return "system";
}
