import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pino } from "pino";
import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import { ledgerLines } from "../../templates/runtime/src/faults/ledger.ts";
import { migrate } from "../../templates/runtime/src/migrations/migrate.ts";
import { operate } from "../../templates/runtime/src/operate/operate.ts";
import { createOrchestrator } from "../../templates/runtime/src/saga/orchestrator/create-orchestrator.ts";
import { createDefinitions } from "../../templates/runtime/src/saga/orchestrator/definitions.ts";
import type { SagaInput } from "../../templates/runtime/src/saga/transition.ts";
import { type AdminVerbs, createAdminApp } from "../../templates/runtime/src/service/admin.ts";
import { adminVerbs } from "../../templates/runtime/src/service/admin-verbs.ts";
import type { ServiceDefinition } from "../../templates/runtime/src/service/definition.ts";
import { createHealth } from "../../templates/runtime/src/service/health.ts";
import { createMetrics } from "../../templates/runtime/src/service/metrics.ts";
import { sagaVerbs } from "../../templates/runtime/src/service/saga-verbs.ts";
import { testDatabase } from "../support/postgres.ts";
import { migrateService } from "../support/service-migrations.ts";
import { failed, succeeded } from "../templates/runtime/saga/operator/operated.fixture.ts";
import { payment, paymentTrigger } from "../templates/runtime/saga/payment.ts";

const GUIDE = "docs/guides/operating.md";
const at = "2026-11-24T22:40:12.345Z";

describe("the guide to operating", () => {
  it("shows what is really printed", async () => {
    const database = await sagasInTrouble();
    const guide = readFileSync(GUIDE, "utf8");
    const blocks = [...guide.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
    assert.equal(blocks.length, 4);
    try {
      for (const block of blocks) {
        const commands = block.split("\n").filter((line) => line.startsWith("$ eda "));
        const printed: string[] = [];
        for (const command of commands) printed.push(command, await database.run(command.slice("$ eda ".length)));
        assert.equal(block, `${printed.join("\n")}\n`);
      }
    } finally {
      await database.close();
    }
  });
});

describe("the guide to npm run test:faults", () => {
  it("shows the lines of the ledger, and says of each what it should be", () => {
    const guide = readFileSync(GUIDE, "utf8");
    const section = guide.slice(guide.indexOf("npm run test:faults"));
    const none = { completed: 0, compensated: 0, inFlight: 0, stuck: 0, notBegun: 0, inconsistent: 0, appliedTwice: 0 };
    const counts = { accepted: 0, events: 0, repeated: 0, onTheirWay: 0, lost: 0, appliedTwice: 0, deadLetters: 0 };
    const words = (line: string) => line.replaceAll(/\d+/g, "").trim();
    const shown = section.split("\n").map(words);
    for (const line of ledgerLines({ ...counts, sagas: none })) assert.ok(shown.includes(words(line)), line);
    for (const word of ["--seconds", "--seed", "Exit code 0"]) assert.ok(section.includes(word), word);
  });
});

async function sagasInTrouble() {
  const { url, drop } = await testDatabase();
  const database = createDatabase({ url });
  await migrateService(database);
  await migrate(database, "templates/saga/migrations");
  const definitions = createDefinitions([payment]);
  await definitions.store(database);
  const orchestrator = createOrchestrator({ service: "orders", definitions });

  async function begin(key: string, ...inputs: readonly SagaInput[]): Promise<void> {
    const trigger = {
      saga: "payment",
      key,
      data: { ...paymentTrigger, orderId: key },
      messageId: crypto.randomUUID(),
      correlationid: "9c1f7a52-7a0b-4c3f-8a53-1f3d3c7d1c10",
      traceparent: undefined,
    };
    await database.transaction((tx) => orchestrator.begin(tx, [trigger]));
    for (const input of inputs)
      await database.transaction((tx) => orchestrator.apply(tx, { id: `payment:${key}`, input }));
  }

  const timer = (kind: "timeout" | "backoff", attempt: number): SagaInput => ({
    type: "timer",
    timer: { kind, step: "reserve-stock", direction: "compensation", round: 1, attempt },
  });
  const withoutAnswer = [1, 2, 3, 4, 5].flatMap((attempt) => [timer("timeout", attempt), timer("backoff", attempt)]);
  const blocked = { ...failed("screen-fraud"), data: { reason: "the card is on a list" } };
  await begin("4711", succeeded("reserve-stock"), blocked, ...withoutAnswer);
  const done = ["reserve-stock", "screen-fraud", "capture-payment"].map((step) => succeeded(step));
  for (const key of ["4712", "4713"]) await begin(key, ...done, failed("completed"));

  const definition = {
    name: "orders",
    sagas: [{ definition: payment, eventTopics: {} }],
  } as unknown as ServiceDefinition;
  const sagas = sagaVerbs(definition, { database, orchestrator, hear: () => undefined }, () => undefined);
  const token = "a-token-of-some-length";
  const app = await createAdminApp({
    log: pino({ level: "silent" }),
    metrics: createMetrics("orders"),
    health: createHealth(),
    token,
    verbs: { ...adminVerbs(definition, database, sagas), ...lettersAndOutbox() },
  });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });

  return {
    async run(command: string): Promise<string> {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
      const printed: string[] = [];
      const say = (text: string) => printed.push(text);
      const env = { EDA_ADMIN_URL: address, ADMIN_TOKEN: token };
      await operate([...words, "--service", "orders"], { root: "/", env, width: 80, out: say, error: say });
      return printed
        .join("\n")
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, "2026-11-24 22:40:12Z")
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z/g, "2026-11-24 22:40:12.345Z");
    },
    async close() {
      await app.close();
      await database.close();
      await drop();
    },
  };
}

/** Somebody else's tests hold these to a database; here only how they read matters. */
function lettersAndOutbox(): Pick<AdminVerbs, "deadLetters" | "outbox"> {
  const letter = {
    id: "7",
    consumer: "orders",
    type: "inventory.StockReserved",
    topic: "inventory.stock.events",
    key: "4711",
    status: "failed" as const,
    attempts: 5,
    error: "connect ECONNREFUSED 127.0.0.1:8080",
    failedAt: at,
  };
  const parked = {
    topic: "orders.order.events",
    aggregateType: "Order",
    aggregateId: "4711",
    messageId: "m",
    attempts: 10,
    error: "the message is larger than the broker takes",
    since: at,
  };
  return {
    deadLetters: {
      list: async () => ({ items: [letter], total: 1 }),
      show: async () => undefined,
      replay: async () => true,
      discard: async () => true,
      replayAll: async () => 1,
      discardAll: async () => 1,
    },
    outbox: {
      status: async () => ({
        unpublished: 3,
        oldestUnpublishedSeconds: 95,
        oldestTransactionSeconds: 0,
        parked: [parked],
      }),
      unpark: async () => true,
    },
  };
}
