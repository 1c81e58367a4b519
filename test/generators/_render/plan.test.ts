import assert from "node:assert/strict";
import type { DiskView, Found } from "../../../generators/_render/disk.ts";
import type { RenderedFile } from "../../../generators/_render/file.ts";
import { type PlanInput, planFiles } from "../../../generators/_render/plan.ts";
import { contentHash } from "../../../generators/_render/provenance.ts";
import { type FileRecord, parseRecord, printRecord } from "../../../generators/_render/record.ts";

type Kind = Exclude<RenderedFile["kind"], "shared">;

const file = (kind: Kind, content: string): RenderedFile => ({ kind, path: "a.ts", content });
const recorded = (kind: Kind, ...contents: string[]): FileRecord =>
  parseRecord(contents.map((content) => `${kind} ${contentHash(content)} a.ts\n`).join("") || `${kind} - a.ts`);

/** A disk that holds `a.ts`, or nothing; it fails a test that reads what it need not. */
function disk(content?: string, isReadable = true): DiskView {
  const a: Found = { is: content === undefined ? "nothing" : "file" };
  return {
    look: (path) => (path === "a.ts" ? a : { is: "nothing" }),
    read: () => {
      assert.ok(isReadable, "read from the disk");
      return content ?? "";
    },
  };
}

/** The action that `a.ts` gets, and the record afterwards. */
function plan(input: Partial<PlanInput>): readonly [action: string | undefined, record: string] {
  const made = planFiles({ rendered: [], record: new Map(), disk: disk(), ...input });
  const entry = made.entries.find((each) => each.path === "a.ts");
  return [entry?.action, printRecord(made.record)];
}
const line = (kind: Kind, ...contents: string[]) => printRecord(recorded(kind, ...contents));

const merged = "one\nfrom A\ntwo\nfrom B\n";
const branchA = "one\nfrom A\ntwo\n";
const branchB = "one\ntwo\nfrom B\n";
const conflicted = "one\n<<<<<<< HEAD\nfrom A\n=======\nfrom B\n>>>>>>> other\ntwo\n";

describe("the plan of a derived file", () => {
  const rendered = [file("derived", "new\n")];

  it("creates what is not there", () => {
    assert.deepEqual(plan({ rendered }), ["create", line("derived", "new\n")]);
    assert.deepEqual(plan({ rendered, record: recorded("derived", "new\n") })[0], "create");
  });

  it("changes what a run wrote", () => {
    const input = { rendered, record: recorded("derived", "old\n"), disk: disk("old\n") };
    assert.deepEqual(plan(input), ["change", line("derived", "new\n")]);
  });

  it("does not read what is on record as it is rendered", () => {
    const input = { rendered, record: recorded("derived", "new\n"), disk: disk("whatever", false) };
    assert.deepEqual(plan(input), ["unchanged", line("derived", "new\n")]);
  });

  it("calls it a conflict where a person changed it", () => {
    const input = { rendered, record: recorded("derived", "old\n"), disk: disk("mine\n") };
    assert.deepEqual(plan(input), ["conflict", line("derived", "old\n")]);
  });

  it("calls it a conflict where a file that was never ours is in its place", () => {
    assert.deepEqual(plan({ rendered, disk: disk("mine\n") }), ["conflict", ""]);
  });

  it("leaves a hand edit alone while the rendering is the same, and finds it where all is read", () => {
    const input = { rendered, record: recorded("derived", "new\n"), disk: disk("mine\n"), readAll: true };
    assert.deepEqual(plan(input), ["edited", line("derived", "new\n")]);
  });

  it("takes a check-out with CRLF for what it is", () => {
    const input = { rendered, disk: disk("new\r\n"), readAll: true };
    assert.equal(plan({ ...input, record: recorded("derived", "new\n") })[0], "unchanged");
    assert.equal(plan({ ...input, record: recorded("derived", "old\n"), disk: disk("old\r\n") })[0], "change");
  });

  // Red without the `before` in isEdited.
  it("takes what a killed run wrote without recording it for clean", () => {
    const before = () => [file("derived", "of the killed run\n")];
    const input = { rendered, record: recorded("derived", "old\n"), disk: disk("of the killed run\n") };
    assert.equal(plan({ ...input, before })[0], "change");
    assert.equal(plan(input)[0], "conflict");
  });

  it("renders what was before only where the record does not explain the disk", () => {
    const before = () => assert.fail("rendered");
    for (const content of ["old\n", "new\n"]) {
      plan({ rendered, record: recorded("derived", "old\n"), disk: disk(content), before });
    }
  });

  // Red without the check for conflict markers.
  it("renders again over git's conflict markers", () => {
    const input = { rendered, record: recorded("derived", branchA, branchB), disk: disk(conflicted) };
    assert.deepEqual(plan(input), ["change", line("derived", "new\n")]);
  });

  it("reads the file where a merge left two hashes, one of them of what is rendered", () => {
    const input = { rendered: [file("derived", branchB)], record: recorded("derived", branchA, branchB) };
    assert.deepEqual(plan({ ...input, disk: disk(branchA) }), ["change", line("derived", branchB)]);
  });

  // Red without `hasNoLineOfItsOwn`.
  it("takes what git put together from two branches' files for clean, but not a line more", () => {
    const rendered = [file("derived", "one\nfrom B\nfrom A\ntwo\n")];
    const record = recorded("derived", branchA, branchB);
    assert.equal(plan({ rendered, record, disk: disk(merged) })[0], "change");
    assert.equal(plan({ rendered, record, disk: disk(`${merged}mine\n`) })[0], "conflict");
    assert.equal(plan({ rendered, record: recorded("derived", branchA), disk: disk(merged) })[0], "conflict");
  });

  it("deletes it where it is no longer rendered, but not with a person's work in it", () => {
    const record = recorded("derived", "old\n");
    assert.deepEqual(plan({ record, disk: disk("old\n") }), ["delete", ""]);
    assert.deepEqual(plan({ record, disk: disk("mine\n") }), ["orphan", line("derived", "old\n")]);
    assert.deepEqual(plan({ record, disk: disk() }), [undefined, ""]);
  });
});

describe("the plan of a runtime file", () => {
  const rendered = [file("runtime", "new\n")];

  it("replaces it where nobody edited it", () => {
    assert.equal(plan({ rendered, record: recorded("runtime", "old\n"), disk: disk("old\n") })[0], "change");
  });

  it("keeps an edited one, and shows the newer one every time", () => {
    const input = { rendered, record: recorded("runtime", "old\n"), disk: disk("mine\n") };
    assert.deepEqual(plan(input), ["kept", line("runtime", "old\n")]);
    assert.deepEqual(plan({ ...input, disk: disk(conflicted) })[0], "kept");
    const current = { rendered, record: recorded("runtime", "new\n"), disk: disk("mine\n"), readAll: true };
    assert.deepEqual(plan(current), ["kept", line("runtime", "new\n")]);
  });
});

describe("the plan of a started file", () => {
  const rendered = [file("started", "new\n")];

  it("creates it once", () => {
    assert.deepEqual(plan({ rendered }), ["create", line("started")]);
  });

  it("keeps what is there, on record or not, and never reads it", () => {
    for (const record of [recorded("started"), new Map()]) {
      assert.deepEqual(plan({ rendered, record, disk: disk("mine\n", false) }), ["kept", line("started")]);
    }
  });

  // Red where what is on record does not count as there.
  it("does not bring a deleted one back", () => {
    assert.deepEqual(plan({ rendered, record: recorded("started") }), ["kept", line("started")]);
  });

  it("names it where its entry is gone, and never deletes it", () => {
    assert.deepEqual(plan({ record: recorded("started"), disk: disk("new\n") }), ["orphan", line("started")]);
    assert.deepEqual(plan({ record: recorded("started") }), [undefined, ""]);
  });
});

describe("the plan of a stub", () => {
  const rendered = [file("stub", "new\n")];

  it("follows the manifest for as long as nobody edited it", () => {
    const record = recorded("stub", "old\n");
    assert.deepEqual(plan({ rendered, record, disk: disk("old\n") }), ["change", line("stub", "new\n")]);
    assert.deepEqual(plan({ rendered, record, disk: disk("mine\n") }), ["kept", line("stub", "old\n")]);
    assert.deepEqual(plan({ record, disk: disk("old\n") }), ["delete", ""]);
    assert.deepEqual(plan({ record, disk: disk("mine\n") }), ["orphan", line("stub", "old\n")]);
  });

  // Red without `marker`.
  it("is put in order after a merge of two branches that left it alone, conflict markers and all", () => {
    const rendered = [file("stub", "one\nfrom B\nfrom A\ntwo\n")];
    const record = recorded("stub", branchA, branchB);
    assert.equal(plan({ rendered, record, disk: disk(conflicted) })[0], "change");
    assert.equal(plan({ rendered, record, disk: disk(`${conflicted}mine\n`) })[0], "kept");
  });

  it("does not come back once it was deleted, also where it was never ours", () => {
    assert.deepEqual(plan({ rendered, record: recorded("stub", "old\n") }), ["kept", line("stub", "old\n")]);
    assert.deepEqual(plan({ rendered, disk: disk("mine\n") }), ["kept", line("stub")]);
    assert.deepEqual(plan({ rendered, record: recorded("stub") }), ["kept", line("stub")]);
  });
});

describe("the plan of a shared file", () => {
  const rendered: RenderedFile[] = [
    { kind: "shared", path: "a.ts", edit: (text = "") => (text.includes("ours\n") ? text : `${text}ours\n`) },
  ];
  const entry = (content?: string) => planFiles({ rendered, record: new Map(), disk: disk(content) }).entries[0];

  it("creates it, edits what is there, and leaves alone what needs no edit", () => {
    assert.deepEqual(entry(), { action: "create", kind: "shared", path: "a.ts", content: "ours\n" });
    assert.equal(entry("ours\ntheirs\n")?.action, "unchanged");
    const was = "theirs\n";
    const changed = { action: "change", kind: "shared", path: "a.ts", content: "theirs\nours\n", current: was };
    assert.deepEqual(entry(was), changed);
  });

  it("is told whether an earlier run had a hand in it", () => {
    const edit = (_text: string | undefined, isOurs: boolean) => String(isOurs);
    for (const record of [parseRecord("shared - a.ts"), new Map()]) {
      const [entry] = planFiles({ rendered: [{ kind: "shared", path: "a.ts", edit }], record, disk: disk() }).entries;
      assert.equal(entry && "content" in entry && entry.content, String(record.size > 0));
    }
  });

  it("keeps its CRLF", () => {
    assert.equal(entry("ours\r\n")?.action, "unchanged");
    const changed = entry("theirs\r\n");
    assert.equal(changed && "content" in changed && changed.content, "theirs\r\nours\r\n");
  });
});

describe("a plan", () => {
  const at = (...paths: string[]) => paths.map((path): RenderedFile => ({ kind: "derived", path, content: "" }));
  const planned = (...paths: string[]) => planFiles({ rendered: at(...paths), record: new Map(), disk: disk() });

  it("is sorted by path", () => {
    const paths = planned("b", "a/c", "B2", "a/b").entries.map((entry) => entry.path);
    assert.deepEqual(paths, ["B2", "a/b", "a/c", "b"]);
  });

  it("cannot hold two files at one path, nor a file and a folder", () => {
    assert.throws(() => planned("x/a.ts", "x/a.ts"), /rendered twice/);
    assert.throws(() => planned("x/a.ts", "x/A.ts"), /rendered twice: x\/a.ts and x\/A.ts/);
    assert.throws(() => planned("x", "x/y/a.ts"), /as a file and as a folder: x and x\/y\/a.ts/);
  });

  it("cannot hold a path that is not ours to write", () => {
    for (const path of ["../a", "/a", "eda.yaml", ".eda/files", ".git/config"]) {
      assert.throws(() => planned(path), /not ours to write/);
    }
  });

  it("is refused where something is in the way, in a plain sentence", () => {
    const look = (found: Found) => () =>
      planFiles({ rendered: at("x/a.ts"), record: new Map(), disk: { look: () => found, read: () => "" } });
    assert.throws(look({ is: "folder" }), {
      name: "EdaError",
      message: "x/a.ts is a folder, but a file is to be written there",
    });
    const blocked = { name: "EdaError", message: "x is not a folder, but x/a.ts belongs in it" };
    assert.throws(look({ is: "blocked", at: "x" }), blocked);
    assert.throws(look({ is: "outside", at: "x" }), {
      name: "EdaError",
      message: /^x is a symbolic link that leads out/,
    });
  });
});
