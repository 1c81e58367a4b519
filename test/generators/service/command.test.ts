import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Collected, collectAnswers } from "../../../generators/_command/answers.ts";
import { type ManifestDocument, parseManifest } from "../../../generators/_system/document.ts";
import { command, type ServiceAnswers } from "../../../generators/service/command.ts";
import { noSagas } from "../../support/no-sagas.ts";

/** Answers under `--defaults`. */
function answered(manifest: ManifestDocument, said: Record<string, string>): Promise<Collected<ServiceAnswers>> {
  return collectAnswers(command, { command: "service", said }, { by: "default" }, manifest.system);
}

async function added(text: string, said: Record<string, string>): Promise<ManifestDocument> {
  const manifest = parseManifest(text);
  const { answers } = await answered(manifest, said);
  command.edit({ manifest, answers, sagas: noSagas(manifest) });
  return manifest;
}

const shop = "eda: 1\nname: shop\n";
const serviceOf = ({ system }: ManifestDocument, wanted: string) =>
  system.services.find(({ name }) => name === wanted)!;

describe("A new service", () => {
  for (const [name, aggregate, key] of [
    ["orders", "Order", "orderId"],
    ["categories", "Category", "categoryId"],
    ["address", "Address", "addressId"],
    ["status", "Status", "statusId"],
    ["room-keys", "RoomKey", "roomKeyId"],
    ["class", "Class", "classId"],
    ["a".repeat(40), `A${"a".repeat(39)}`, "id"],
  ] as const) {
    it(`called ${name} decides about ${aggregate} by ${key}`, async () => {
      const service = serviceOf(await added(shop, { name }), name);
      assert.equal(service.aggregate, aggregate);
      assert.equal(service.key, key);
      assert.equal(service.context, name);
    });
  }

  it("gets a port that nobody listens on, nor above which anybody's admin endpoint does", async () => {
    const services = "services: { a: { port: 4001 }, b: { port: 14002 } }\n";
    const models = "readModels: { c: { key: aId, from: [a.X], port: 4003 } }\n";
    assert.equal(serviceOf(await added(shop + services + models, { name: "d" }), "d").port, 4004);
    assert.equal(serviceOf(await added(`${shop}services: { a: { port: 4000 } }\n`, { name: "d" }), "d").port, 4001);
  });

  it("marks as assumed what a default answered, and only that", async () => {
    const { assumed } = await answered(parseManifest(shop), { name: "orders", context: "ordering" });
    assert.deepEqual([...assumed], ["aggregate", "key", "commands", "events", "persistence"]);
  });
});

describe("A service that is there", () => {
  const rooms = `${shop}contexts: { hotel: {} }\nservices:\n  rooms:\n    context: hotel\n    aggregate: Room\n    key: number\n    port: 4001\n`;

  it("keeps what is not named, and assumes nothing anew", async () => {
    const manifest = parseManifest(rooms);
    const { answers, assumed } = await answered(manifest, { name: "rooms" });
    assert.deepEqual([...assumed], []);
    command.edit({ manifest, answers, sagas: noSagas(manifest) });
    assert.equal(manifest.toString(), rooms);
  });

  it("is not written out where it says less than the defaults", async () => {
    const bare = `${shop}contexts: { rooms: {} }\nservices:\n  rooms:\n    port: 4001\n`;
    assert.equal((await added(bare, { name: "rooms" })).toString(), bare);
  });

  it("gives its new messages the key as its events have it", async () => {
    const manifest = await added(`${rooms}    events: { RoomBooked: { fields: { number: int } } }\n`, {
      name: "rooms",
      commands: "BookRoom",
      events: "RoomLost",
    });
    assert.deepEqual(manifest.get(["services", "rooms", "events", "RoomLost", "fields"]), { number: "int" });
    assert.deepEqual(manifest.get(["services", "rooms", "commands", "BookRoom", "fields"]), { number: "int" });
  });

  it("lets its first commands take the events that it has, and later ones only what comes with them", async () => {
    const events =
      "    events: { RoomBooked: { fields: { number: int } }, RoomDropped: { fields: { number: int } } }\n";
    const first = await added(rooms + events, { name: "rooms", commands: "BookRoom,DropRoom" });
    assert.deepEqual(
      serviceOf(first, "rooms").commands.map(({ name, emits }) => [name, ...emits]),
      [
        ["BookRoom", "RoomBooked"],
        ["DropRoom", "RoomDropped"],
      ],
    );
    const some = `${rooms}${events}    commands: { BookRoom: { fields: { number: int }, emits: [] } }\n`;
    const later = await added(some, { name: "rooms", commands: "CleanRoom", events: "RoomCleaned" });
    assert.deepEqual(
      serviceOf(later, "rooms").commands.map(({ name, emits }) => [name, ...emits]),
      [["BookRoom"], ["CleanRoom", "RoomCleaned"]],
      "an event that no command emits was meant so",
    );
  });
});
