import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RenderedFile } from "../../../generators/_render/file.ts";
import { repositoryFiles } from "../../../generators/_render/repository.ts";
import { loadTemplates } from "../../../generators/_render/templates.ts";
import { parseManifest } from "../../../generators/_system/document.ts";

const manifest = "eda: 1\nname: shop\nservices: { rooms: { port: 4001, aggregate: Room } }\n";
const files = repositoryFiles(parseManifest(manifest).system, loadTemplates(), "0.1.0");

function shared(path: string): Extract<RenderedFile, { kind: "shared" }> {
  const file = files.find((each) => each.path === path);
  assert.equal(file?.kind, "shared");
  return file as Extract<RenderedFile, { kind: "shared" }>;
}

describe("The README", () => {
  const readme = shared("README.md");

  it("names services and ports, and is the same when it is rendered again", () => {
    const text = readme.edit(undefined, false);
    assert.match(text, /\[rooms\]\(services\/rooms\) \| 4001/);
    assert.equal(readme.edit(text, true), text);
  });

  it("is its owner's around the markers", () => {
    const text = readme.edit(undefined, false).replace("# shop", "# Our shop").replace("4001", "9999");
    const edited = readme.edit(`${text}\nThe end.\n`, true);
    assert.match(edited, /^# Our shop\n/);
    assert.match(edited, /\| 4001 \|/);
    assert.match(edited, /The end\.\n$/);
  });

  it("that was there before gets the part at its end once, also after a run that was killed", () => {
    const once = readme.edit("# Ours\n", false);
    assert.match(once, /^# Ours\n\n<!-- eda:system/);
    assert.equal(readme.edit(once, false), once);
    assert.equal(readme.edit("# Ours\n", true), "# Ours\n");
    assert.match(readme.edit("", false), /^<!-- eda:system/);
  });
});

describe("package.json", () => {
  const packageJson = shared("package.json");

  it("keeps other people's keys, order and indentation, and sees to what makes it run", () => {
    const own = `{\n    "name": "@us/shop",\n    "scripts": { "lint": "x", "test": "mine" },\n    "workspaces": ["apps/*"],\n    "zebra": 1\n}\n`;
    const text = packageJson.edit(own, true);
    const value = JSON.parse(text);
    assert.equal(value.name, "@us/shop");
    assert.equal(value.scripts.test, "mine");
    assert.equal(value.scripts.dev, "node packages/runtime/src/embedded/dev.ts");
    assert.deepEqual(value.workspaces, ["apps/*", "packages/*", "services/*"]);
    assert.deepEqual(Object.keys(value).slice(0, 4), ["name", "scripts", "workspaces", "zebra"]);
    assert.match(text, /^ {4}"name"/m);
    assert.equal(packageJson.edit(text, true), text);
  });

  it("that is no JSON object is left to its owner", () => {
    for (const text of ["{", "[]", "null", ""]) assert.equal(packageJson.edit(text, true), text);
  });
});
