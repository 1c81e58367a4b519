import assert from "node:assert/strict";
import { fastify } from "fastify";
import { DatabaseUnavailableError } from "../../../../templates/runtime/src/database/errors.ts";
import { answerProblems, Problem } from "../../../../templates/runtime/src/service/problem.ts";

const target = { host: "db.internal", port: 5432, database: "orders", role: "orders" };
const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });

describe("errors of a request", () => {
  const answered = async (error: Error) => {
    const app = fastify();
    answerProblems(app);
    app.get("/", () => {
      throw error;
    });
    const answer = await app.inject("/");
    await app.close();
    return { status: answer.statusCode, headers: answer.headers, text: answer.body };
  };

  it("are problem details, with what the thrower adds", async () => {
    const { status, headers, text } = await answered(
      new Problem(409, "too late", { extension: { actualCount: 3 }, headers: { "retry-after": "7" } }),
    );
    assert.equal(status, 409);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.equal(headers["retry-after"], "7");
    const { correlationId, ...body } = JSON.parse(text);
    assert.deepEqual(body, { type: "about:blank", title: "Conflict", status: 409, detail: "too late", actualCount: 3 });
    assert.equal(typeof correlationId, "string");
  });

  // Removed once: the last line of problemOf, replaced by the error's own message. Then this is red.
  it("never show what went wrong inside", async () => {
    for (const error of [
      withCode('duplicate key value violates unique constraint "orders_pkey"', "23505"),
      withCode('relation "secret_table" does not exist', "42P01"),
      new Error("postgres://orders:secret@db.internal/orders"),
    ]) {
      const { status, text } = await answered(error);
      assert.equal(status, 500);
      assert.doesNotMatch(text, /orders_pkey|secret/);
    }
  });

  it("ask to try again when the database is out of reach, too busy or in conflict", async () => {
    for (const error of [
      new DatabaseUnavailableError(target, "no connection became free in time", undefined),
      withCode("canceling statement due to statement timeout", "57014"),
      withCode("deadlock detected", "40P01"),
    ]) {
      const { status, headers, text } = await answered(error);
      assert.equal(status, 503);
      assert.equal(headers["retry-after"], "1");
      assert.doesNotMatch(text, /db\.internal|deadlock|canceling/);
    }
  });
});
