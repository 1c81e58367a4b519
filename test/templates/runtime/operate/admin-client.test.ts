import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { adminClient, patient } from "../../../../templates/runtime/src/operate/admin-client.ts";

describe("an admin client", () => {
  // A paused service takes the connection and says nothing. Red where its looks wait as long as its verbs do.
  it("waits less for what every service is asked than for what one is to do", async () => {
    assert.ok(patient.look < patient.act);
    const open: net.Socket[] = [];
    const paused = net.createServer((socket) => open.push(socket)).listen(0, "127.0.0.1");
    await once(paused, "listening");
    const url = `http://127.0.0.1:${(paused.address() as net.AddressInfo).port}`;
    const client = adminClient({ service: "stock", url, token: "t" }, { look: 20, act: 3_600_000 });
    const late = { message: `stock does not answer at ${url}: it took more than 0.02 s` };
    try {
      await assert.rejects(client.listSagas({}, {}), late);
      await assert.rejects(client.showJournal("a"), late);
      await assert.rejects(client.showHandled(["a"]), late);
    } finally {
      for (const socket of open) socket.destroy();
      paused.close();
    }
  });
});
