import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { testDatabase } from "../../../../support/postgres.ts";
import type { BrokerUnderTest } from "../broker-under-test.ts";
import { LEASE_MS } from "./open-broker.ts";
import { startProxy } from "./proxy.ts";

export async function startEmbedded(): Promise<BrokerUnderTest> {
  const database = await testDatabase();
  const direct = new URL(database.url);
  const proxy = await startProxy(Number(direct.port), direct.hostname);
  const url = new URL(direct);
  url.hostname = "127.0.0.1";
  url.port = String(proxy.port);
  return {
    open: () => createEmbeddedBroker({ url: url.href, leaseMs: LEASE_MS }),
    process: { module: new URL("./open-broker.ts", import.meta.url), env: { TEST_BROKER_URL: database.url } },
    down: () => proxy.cut(),
    up: () => proxy.restore(),
    async close() {
      await proxy.close();
      await database.drop();
    },
  };
}
