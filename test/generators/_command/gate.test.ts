import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Unanswered } from "../../../generators/_command/answers.ts";
import { passGate, setPhase } from "../../../generators/_command/gate.ts";
import { commandNamed } from "../../../generators/_command/registry.ts";
import { parseManifest } from "../../../generators/_system/document.ts";

const outbox = commandNamed("outbox-migration");
const stream = "eda: 1\nname: shop\nphases: { stream: { status: decided } }\n";

/** Decisions that the gate before an outbox takes, as `phase status`; `asked` collects what a person is asked. */
async function decisions(unanswered: Unanswered, text = stream): Promise<readonly string[]> {
  const taken: string[] = [];
  const manifest = parseManifest(text);
  await passGate(outbox, manifest, unanswered, (phase, status) => {
    taken.push(`${phase} ${status}`);
    setPhase(manifest, phase, status);
  });
  return taken;
}

function person(agrees: (question: string) => boolean): { readonly asked: string[]; readonly unanswered: Unanswered } {
  const asked: string[] = [];
  const confirm = async (message: string) => agrees(message) && asked.push(message) > 0;
  return { asked, unanswered: { by: "asking", asker: { ask: () => assert.fail("not to be asked"), confirm } } };
}

describe("The gate before a command", () => {
  it("refuses on a decision that nobody took or saw, and names every one", () =>
    assert.rejects(decisions({ by: "refusing" }), {
      message: /requirements, event-sourcing, cqrs-sagas, which nobody has taken yet/,
      hint: /--defaults/,
    }));

  it("assumes under --defaults, in the manifest, and only what is open", async () => {
    assert.deepEqual(await decisions({ by: "default" }), [
      "requirements assumed",
      "event-sourcing assumed",
      "cqrs-sagas assumed",
    ]);
  });

  it("asks a person one by one, and takes a yes for a decision", async () => {
    const { asked, unanswered } = person(() => true);
    assert.deepEqual(await decisions(unanswered), [
      "requirements decided",
      "event-sourcing decided",
      "cqrs-sagas decided",
    ]);
    assert.equal(asked.length, 3);
    const { unanswered: doubting } = person((message) => !message.includes("CQRS"));
    await assert.rejects(decisions(doubting), { message: /cqrs-sagas stays open/ });
  });

  it("lets what is assumed or decided through without a word", async () => {
    const all = ["requirements", "stream", "event-sourcing", "cqrs-sagas"].map(
      (name) => `${name}: { status: assumed }`,
    );
    assert.deepEqual(await decisions({ by: "refusing" }, `eda: 1\nname: shop\nphases: { ${all.join(", ")} }\n`), []);
  });
});
