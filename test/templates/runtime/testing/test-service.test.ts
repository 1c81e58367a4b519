import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { startTestService, type TestService } from "../../../../templates/runtime/src/testing/test-service.ts";
// A root hook stops the server that the databases are on.
import "../../../support/postgres.ts";
import { ordersDefinition, ordersImplementation } from "../service/orders.fixture.ts";

const templates = path.resolve(import.meta.dirname, "../../../../templates");

describe("a service started for a test", () => {
  let migrations: string;
  let service: TestService;

  before(async () => {
    migrations = mkdtempSync(path.join(os.tmpdir(), "eda-migrations-"));
    for (const template of ["service", "outbox-migration"]) {
      cpSync(path.join(templates, template, "migrations"), migrations, { recursive: true });
    }
    service = await startTestService(ordersDefinition, ordersImplementation, {
      migrations: pathToFileURL(`${migrations}/`),
    });
  });
  after(async () => {
    await service.stop();
    rmSync(migrations, { recursive: true });
  });

  it("takes commands, and shows what it publishes", async () => {
    const orderId = randomUUID();
    const answer = await service.command("PlaceOrder", { orderId, lines: [{ sku: "tea", quantity: 1 }] });
    assert.equal(answer.status, 200);
    const placed = await eventually(() => service.published.find(({ key }) => key === orderId));
    assert.equal(placed?.type, "orders.OrderPlaced");
  });

  it("says what it subscribes to when it is given another event", async () => {
    await assert.rejects(service.receive("inventory.StockGone", {}), {
      message: "orders does not subscribe to inventory.StockGone, but to inventory.StockReserved",
    });
  });

  it("leaves no database behind", async () => {
    const other = await startTestService(ordersDefinition, ordersImplementation, {
      migrations: pathToFileURL(`${migrations}/`),
    });
    await other.stop();
    await assert.rejects(new pg.Client({ connectionString: other.databaseUrl }).connect(), { code: "3D000" });
  });
});
