import assert from "node:assert/strict";
import { logLine, logStyle } from "../../../../templates/runtime/src/embedded/log-line.ts";

const entry = { level: 40, time: "2026-11-24T10:00:00.000Z", pid: 1, hostname: "h", service: "orders", msg: "slow" };

describe("a line of a service's log", () => {
  const terminal = logStyle(true, {}, ["orders", "stock"]);
  const plain = logStyle(true, { NO_COLOR: "1" }, ["orders", "stock"]);
  const pipe = logStyle(false, {}, ["orders", "stock"]);

  it("stays as it is in a pipe, behind the service's name", () => {
    assert.equal(logLine(pipe, "stock", 1, JSON.stringify(entry)), `stock  | ${JSON.stringify(entry)}`);
  });

  it("is one readable line on a terminal", () => {
    const line = logLine(plain, "orders", 0, JSON.stringify({ ...entry, topic: "orders.order.events", text: "a b" }));
    assert.match(line, /^orders \| \d\d:00:00 WARN {2}slow topic=orders\.order\.events text="a b"$/);
  });

  it("has the stack of an error below it, each line behind the name", () => {
    const line = logLine(plain, "orders", 0, JSON.stringify({ ...entry, err: { stack: "Error: no\n    at here" } }));
    assert.match(line, /slow\norders \| {3}Error: no\norders \| {7}at here$/);
  });

  it("is coloured on a terminal, unless NO_COLOR is set, and never in a pipe", () => {
    const text = JSON.stringify(entry);
    assert.ok(logLine(terminal, "orders", 0, text).startsWith("\x1b[36morders |\x1b[0m "));
    for (const style of [plain, pipe]) assert.equal(logLine(style, "orders", 0, text).includes("\x1b"), false);
  });

  it("is kept whole when it is no log entry", () => {
    for (const text of ["", "plain", "{", "null", '{"level":"high"}', "[1]"]) {
      assert.equal(logLine(plain, "orders", 0, text), `orders | ${text}`);
    }
  });
});
