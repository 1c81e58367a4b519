import assert from "node:assert/strict";
import fs from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { stringify } from "yaml";
import { render } from "../../generators/_render/render.ts";
import { loadTemplates } from "../../generators/_render/templates.ts";
import { parseManifest } from "../../generators/_system/document.ts";
import { reservedNames } from "../generators/_command/hostile-text.ts";
import { builtEda, installAsExample, npm } from "../support/installed.ts";
import { type ManifestValue, randomManifest } from "../support/random-manifest.ts";
import { inSandbox } from "../support/sandbox.ts";

async function assertCompiles(root: string): Promise<void> {
  await installAsExample(root);
  const ran = await npm(["run", "check"], root);
  assert.equal(ran.code, 0, ran.stdout.slice(0, 6000) + ran.stderr);
}

describe("What is generated compiles", () => {
  it("for every reserved word, as service, aggregate, key, command and event", () =>
    inSandbox(async ({ path, root }) => {
      await builtEda(["new", "words", "--defaults", "--skip-install"], root);
      const words = path("words");
      const services = reservedNames.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
      for (const [index, name] of reservedNames.entries()) {
        const others = services.slice(0, index).map((service, at) => `${service}.${pascal(reservedNames[at]!)}Done`);
        const said = ["--aggregate", name, "--commands", name, "--events", `${name}Done`];
        await builtEda(
          ["add", "service", name, ...said, "--key", name, "--subscribes", others.slice(-2).join(","), "--defaults"],
          words,
        );
      }
      assert.deepEqual(fs.readdirSync(join(words, "services")).sort(), [...services].sort());
      await assertCompiles(words);
    })).timeout(240_000);

  it("for random systems of every shape that the schema allows", () =>
    inSandbox(async ({ path }) => {
      const manifests = fc.sample(randomManifest, { seed: 20, numRuns: 12 });
      const services: Record<string, ManifestValue> = {};
      for (const [index, manifest] of manifests.entries()) {
        for (const [name, body] of Object.entries((manifest.services ?? {}) as Record<string, ManifestValue>)) {
          services[`${name.slice(0, 30)}-${index}`] = { ...body, port: 4001 + Object.keys(services).length };
        }
      }
      assert.ok(Object.keys(services).length >= 10);
      const { system } = parseManifest(stringify({ eda: 1, name: "random", services }));
      for (const file of render(system, loadTemplates(), "file:.eda/generator.tgz")) {
        const target = join(path("random"), file.path);
        fs.mkdirSync(dirname(target), { recursive: true });
        fs.writeFileSync(target, "content" in file ? file.content : file.edit(undefined, false));
      }
      await assertCompiles(path("random"));
    })).timeout(240_000);
});

function pascal(name: string): string {
  return name
    .split("-")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
}
