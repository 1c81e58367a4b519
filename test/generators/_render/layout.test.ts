import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, it } from "mocha";
import { stringify } from "yaml";
import { braces, layOut, literal, property, union } from "../../../generators/_render/layout.ts";
import { render } from "../../../generators/_render/render.ts";
import { loadTemplates } from "../../../generators/_render/templates.ts";
import { parseManifest } from "../../../generators/_system/document.ts";
import { randomManifest } from "../../support/random-manifest.ts";
import { inFolder, put } from "./temporary.ts";

const long = "x".repeat(100);

describe("Layout", () => {
  it("keeps on one line what fits, with what comes behind it", () => {
    const members = braces([`a: "${long}"`, "b: 1"]);
    assert.equal(layOut(members).length, 115);
    assert.equal(layOut([members, ";;;;;"]).split("\n").length, 1);
    assert.equal(layOut([members, ";;;;;;"]).split("\n").length, 4);
  });

  it("gives each member a line where they do not fit", () => {
    assert.equal(
      layOut(["const x = ", literal({ a: [{ b: long }], c: {}, d: [] }), ";"]),
      ["const x = {", `  a: [{ b: "${long}" }],`, "  c: {},", "  d: [],", "};"].join("\n"),
    );
  });

  it("gives each of several records a line, as formatters do", () => {
    assert.equal(
      layOut(
        literal([
          { a: 1, b: 2 },
          { c: 3, d: 4 },
        ]),
      ),
      "[\n  { a: 1, b: 2 },\n  { c: 3, d: 4 },\n]",
    );
  });

  it("begins a long union on the next line", () => {
    assert.equal(layOut(["type: ", union([`"${long}"`, `"${long}"`]), ";"], 2).split("\n")[0], "type:");
  });

  it("puts a comment on the line before its member", () => {
    assert.equal(layOut(braces(["a", ["// Why.", "b"]])), "{\n  a,\n  // Why.\n  b,\n}");
  });

  it("quotes a property's name where it must", () => {
    const names = ["class", "order_id", "orders.OrderPlaced"];
    assert.deepEqual(names.map(property), ["class", "order_id", '"orders.OrderPlaced"']);
  });

  it("leaves a formatter nothing to do, whatever the system", () =>
    inFolder((root) => {
      const templates = loadTemplates();
      for (const [index, manifest] of fc.sample(randomManifest, { numRuns: 40, seed: 7 }).entries()) {
        for (const file of render(parseManifest(stringify(manifest)).system, templates, "0.1.0")) {
          const isCode = "content" in file && /^services\/.*\.ts$/.test(file.path);
          if (isCode) put(root, { [`${index}/${file.path}`]: file.content });
        }
      }
      put(root, { "biome.json": '{ "formatter": { "indentStyle": "space", "lineWidth": 120 } }\n' });
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["node_modules/@biomejs/biome/bin/biome", "format", "--max-diagnostics=3", `--config-path=${root}`, root],
        { encoding: "utf8" },
      );
      assert.equal(status, 0, stdout + stderr);
    }));
});
