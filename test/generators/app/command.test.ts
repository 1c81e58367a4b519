import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { collectAnswers } from "../../../generators/_command/answers.ts";
import { parseManifest } from "../../../generators/_system/document.ts";
import { command } from "../../../generators/app/command.ts";
import { noSagas } from "../../support/no-sagas.ts";

const stream =
  "stream: { platform: nats, partitions: 3, replication: 1, retention: forever, expected: { peakPerSecond: 0.5, averageBytes: 90, growthPerYear: 1.1 } }\n";

describe("The questions about a new system", () => {
  it("have the defaults that most systems are right with", async () => {
    const manifest = parseManifest("eda: 1\nname: system\n");
    const said = { name: "shop" };
    const collected = await collectAnswers(command, { command: "app", said }, { by: "default" }, manifest.system);
    command.edit({ manifest, sagas: noSagas(manifest), ...collected });
    assert.deepEqual(manifest.system.stream, {
      platform: "kafka",
      partitions: 12,
      replication: 3,
      retention: "7d",
      expected: { peakPerSecond: 100, averageBytes: 600, growthPerYear: 2 },
    });
    assert.equal(manifest.system.name, "shop");
  });

  it("offer what the manifest says where they are asked again", async () => {
    const manifest = parseManifest(`eda: 1\nname: shop\n${stream}`);
    const { system } = manifest;
    const collected = await collectAnswers(
      command,
      { command: "app", said: { name: "shop" } },
      { by: "default" },
      system,
    );
    command.edit({ manifest, sagas: noSagas(manifest), ...collected });
    assert.equal(manifest.toString(), `eda: 1\nname: shop\n${stream}`);
  });

  it("are not asked of an example, which has decided, but a flag still counts", async () => {
    const { system } = parseManifest(`eda: 1\nname: shop\n${stream}`);
    const said = { name: "shop", example: "order-management", stream: "kafka" };
    const { answers, assumed } = await collectAnswers(command, { command: "app", said }, { by: "refusing" }, system);
    assert.deepEqual(answers, said);
    assert.equal(assumed.size, 0);
  });
});
