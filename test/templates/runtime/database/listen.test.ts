import assert from "node:assert/strict";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import { listen } from "../../../../templates/runtime/src/database/listen.ts";
import { testDatabase } from "../../../support/postgres.ts";

describe("listen", () => {
  it("hears what is notified, and again after its connection was ended", async () => {
    const server = await testDatabase();
    const database = createDatabase({ url: server.url });
    const heard: string[] = [];
    let connections = 0;
    let lost = 0;
    let changed = Promise.withResolvers<void>();
    const happened = async (condition: () => boolean) => {
      while (!condition()) {
        await changed.promise;
        changed = Promise.withResolvers();
      }
    };
    const listener = listen({
      url: server.url,
      applicationName: "listener",
      channel: 'odd "channel',
      onNotification: (payload) => {
        heard.push(payload);
        changed.resolve();
      },
      onConnected: () => {
        connections++;
        changed.resolve();
      },
      onLost: () => {
        lost++;
        changed.resolve();
      },
    });
    const notify = (payload: string) => database.query("SELECT pg_notify($1, $2)", ['odd "channel', payload]);

    await happened(() => connections === 1);
    await notify("one");
    await happened(() => heard.length === 1);
    await database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'listener'");
    await happened(() => connections === 2);
    assert.equal(listener.connected, true);
    await notify("two");
    await happened(() => heard.length === 2);
    assert.deepEqual(heard, ["one", "two"]);
    assert.equal(lost, 1);

    await listener.close();
    assert.equal(listener.connected, false);
    await database.close();
    await server.drop();
  });
});
