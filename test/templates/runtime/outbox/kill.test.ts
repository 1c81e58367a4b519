import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import type { Relay } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { createRelay } from "../../../../templates/runtime/src/outbox/relay.ts";
import { relayStatus } from "../../../../templates/runtime/src/outbox/status.ts";
import { until } from "./memory-broker.ts";
import { happened, type OutboxDatabase, outboxDatabase } from "./outbox-database.ts";
import { firstSendings, layWire, onWire, wireBroker } from "./wire.ts";

const LEASE_MS = 500;

describe("a relay process", () => {
  let database: OutboxDatabase;
  const children: ChildProcess[] = [];
  const relays: Relay[] = [];
  beforeEach(async () => {
    database = await outboxDatabase();
    await layWire(database);
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
      child.kill("SIGKILL");
      await gone;
    }
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await database.drop();
  });

  const insert = (...versions: [key: string, version: number][]) =>
    database.transaction((tx) =>
      insertMessages(
        tx,
        versions.map(([key, version]) => happened(key, version)),
      ),
    );
  const empty = async () => (await relayStatus(database)).unpublished === 0;
  /** Started, and holding after it has sent that message. */
  async function processHoldingAfter(message: string): Promise<ChildProcess> {
    const child = fork(path.join(import.meta.dirname, "relay-process.mts"), {
      env: { ...process.env, DATABASE_URL: database.url, HOLD_AFTER: message, LEASE_MS: String(LEASE_MS) },
    });
    children.push(child);
    await once(child, "message");
    return child;
  }
  async function relayHere(): Promise<void> {
    const relay = createRelay({ database, broker: wireBroker(database), leaseMs: LEASE_MS });
    relays.push(relay);
    await relay.start();
  }

  // Red when mark-published.sql runs before the send (lost), or the id is minted by the send (a duplicate nobody knows).
  it("killed between send and mark loses nothing, and sends again under the same ids", async () => {
    await insert(["a", 1], ["b", 1], ["a", 2]);
    const child = await processHoldingAfter("a2");
    child.kill("SIGKILL");
    await once(child, "exit");
    await insert(["a", 3]);
    await relayHere();
    await until(empty);
    const sendings = await onWire(database);
    assert.equal(sendings.length, 7);
    assert.deepEqual(firstSendings(sendings).toSorted(), ["a1", "a2", "a3", "b1"]);
    assert.deepEqual(
      firstSendings(sendings).filter((name) => name.startsWith("a")),
      ["a1", "a2", "a3"],
    );
  });

  // Red when a claim marks its rows as held: whoever comes after the paused relay waits for it, or sends a4 before a2.
  it("paused in mid-send loses its shards; awake again it adds duplicates, and turns nothing around", async () => {
    await insert(["a", 1], ["a", 2], ["a", 3], ["b", 1]);
    const child = await processHoldingAfter("a1");
    child.kill("SIGSTOP");
    await relayHere();
    await insert(["a", 4], ["b", 2]);
    await until(empty);
    const marked = once(child, "message");
    child.send("go on");
    child.kill("SIGCONT");
    await marked;
    await insert(["a", 5]);
    await until(empty);
    const sendings = await onWire(database);
    const names = sendings.map((sending) => sending.name);
    assert.equal(new Set(sendings.map((sending) => `${sending.id} ${sending.name}`)).size, 7, "one id a message");
    assert.equal(names.filter((name) => name === "a3").length, 2, "sent by both");
    assert.deepEqual(
      firstSendings(sendings).filter((name) => name.startsWith("a")),
      ["a1", "a2", "a3", "a4", "a5"],
    );
  });
});
