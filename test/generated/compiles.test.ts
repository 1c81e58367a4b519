import assert from "node:assert/strict";
import fs from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { stringify } from "yaml";
import { render } from "../../generators/_render/render.ts";
import { sagasLeftOut } from "../../generators/_render/saga-roles.ts";
import { loadTemplates } from "../../generators/_render/templates.ts";
import { reservedNames } from "../generators/_command/hostile-text.ts";
import { builtEda, installAsExample, npm } from "../support/installed.ts";
import type { ManifestValue } from "../support/random-manifest.ts";
import { randomSystem } from "../support/random-sagas.ts";
import { systemOf } from "../support/saga-shop.ts";
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
      const systems = fc.sample(randomSystem, { seed: 20, numRuns: 30 });
      const services: Record<string, ManifestValue> = {};
      const sagas: Record<string, ManifestValue> = {};
      const files: Record<string, string> = {};
      for (const [index, system] of systems.entries()) {
        const { manifest } = system;
        const renamed = (name: string) => `${name.slice(0, 30)}-${index}`;
        for (const [name, body] of Object.entries((manifest.services ?? {}) as Record<string, ManifestValue>)) {
          services[renamed(name)] = { ...body, port: 4001 + Object.keys(services).length };
        }
        for (const [name, { service }] of Object.entries((manifest.sagas ?? {}) as Record<string, ManifestValue>)) {
          sagas[renamed(name)] = { service: renamed(service as string) };
          // Messages in it are `<service>.<Name>`, which nothing else in it looks like.
          files[`sagas/${renamed(name)}.saga.yaml`] = (system.files[`sagas/${name}.saga.yaml`] ?? "")
            .replace(/^saga: .*$/m, `saga: ${renamed(name)}`)
            .replaceAll(/ ([a-z][a-z0-9-]*)\.(?=[A-Z])/g, (_, of: string) => ` ${renamed(of)}.`);
        }
      }
      assert.ok(Object.keys(services).length >= 10);
      const system = systemOf(stringify({ eda: 1, name: "random", services, sagas }), files);
      const running = system.sagas.length - sagasLeftOut(system).length;
      assert.ok(running >= 4, `${running} of ${system.sagas.length} sagas run`);
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
