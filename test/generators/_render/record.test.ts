import assert from "node:assert/strict";
import fc from "fast-check";
import { isWritable, parseRecord, printRecord } from "../../../generators/_render/record.ts";

const hashA = "a".repeat(16);
const hashB = "b".repeat(16);

describe("the record", () => {
  it("is one line a file, sorted by path", () => {
    const text = `started - b c.ts\nderived ${hashA} a.ts\nstub - d.ts\nshared - c.json\nruntime ${hashB} z/y.ts\n`;
    assert.equal(
      printRecord(parseRecord(text)),
      `derived ${hashA} a.ts\nstarted - b c.ts\nshared - c.json\nstub - d.ts\nruntime ${hashB} z/y.ts\n`,
    );
  });

  it("knows both contents where a merge took the lines of both branches", () => {
    const record = parseRecord(`derived ${hashA} a.ts\nderived ${hashB} a.ts\nderived ${hashA} a.ts\n`);
    assert.deepEqual(record.get("a.ts"), { kind: "derived", hashes: [hashA, hashB] });
  });

  it("takes the kind that leaves more to the user where branches disagree", () => {
    for (const text of [`started - a.ts\nderived ${hashA} a.ts`, `derived ${hashA} a.ts\nstarted - a.ts`]) {
      assert.equal(parseRecord(text).get("a.ts")?.kind, "started");
    }
  });

  it("passes over conflict markers, garbage and lines with CR", () => {
    const text = `<<<<<<< HEAD\r\nderived ${hashA} a.ts\r\n=======\nderived\nderived xyz b.ts\n\0\n>>>>>>> other\n`;
    assert.deepEqual([...parseRecord(text).keys()], ["a.ts"]);
  });

  it("never honours a path that leads elsewhere", () => {
    const paths = ["../x", "a/../../x", "/etc/passwd", "C:/x", "c:x", "a\\b", "a//b", "./a", "a/.", "a/"];
    const ours = [
      "eda.yaml",
      ".eda/files",
      ".eda/lock",
      ".eda/tmp/0",
      ".git/hooks/pre-commit",
      "x/.git/config",
      ".GIT/x",
    ];
    const text = [...paths, ...ours].map((path) => `derived ${hashA} ${path}\n`).join("");
    assert.deepEqual([...parseRecord(text).keys()], []);
  });

  it("reads any text without failing, and what it prints it reads the same", () => {
    const part = fc.constantFrom("derived", "started", hashA, "-", "a.ts", "../b", " ", "\n", "\r", "<<<<<<<", "é");
    const anything = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(part).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const record = parseRecord(text);
        assert.deepEqual(parseRecord(printRecord(record)), new Map([...record].sort(([a], [b]) => (a < b ? -1 : 1))));
        for (const path of record.keys()) assert.ok(isWritable(path));
      }),
    );
  });
});
