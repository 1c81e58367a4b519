import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { collectAnswers } from "../../../generators/_command/answers.ts";
import { parseManifest } from "../../../generators/_system/document.ts";
import outbox from "../../../generators/outbox/index.ts";
import { command } from "../../../generators/outbox-migration/command.ts";
import outboxMigration from "../../../generators/outbox-migration/index.ts";
import { noSagas } from "../../support/no-sagas.ts";

const shop = "eda: 1\nname: shop\nservices: { orders: { port: 4001 }, payments: { port: 4002 } }\n";

describe("An outbox", () => {
  it("is added once and left as it is afterwards", () => {
    const manifest = parseManifest(shop);
    const edit = () =>
      command.edit({ manifest, sagas: noSagas(manifest), answers: { service: "orders", relay: "polling" } });
    edit();
    assert.deepEqual(manifest.get(["outboxes", "orders"]), { relay: "polling", retention: "7d" });
    const once = manifest.toString();
    edit();
    assert.equal(manifest.toString(), once);
  });

  it("needs its service, and says what is there where it has one already", () => {
    const { system } = parseManifest(`${shop}outboxes: { orders: { retention: 1d } }\n`);
    assert.deepEqual(command.needs?.({ service: "orders", relay: "polling" }, system), []);
    assert.deepEqual(
      command
        .needs?.({ service: "shipping", relay: "polling" }, system)
        .map((needed) => "said" in needed && needed.said),
      [{ name: "shipping" }],
    );
    assert.match(command.says?.({ service: "orders", relay: "polling" }, system)[0] ?? "", /0020-outbox\.sql/);
    assert.deepEqual(command.says?.({ service: "payments", relay: "polling" }, system), []);
  });

  it("is offered to the first service that has none", async () => {
    const { system } = parseManifest(`${shop}outboxes: { orders: {} }\n`);
    const { answers } = await collectAnswers(
      command,
      { command: "outbox-migration", said: {} },
      { by: "default" },
      system,
    );
    assert.equal(answers.service, "payments");
  });

  it("has a second name", () => assert.equal(outbox, outboxMigration));
});
