import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../templates/runtime/src/database/database.ts";
import {
  type Answer,
  answerOnce,
  fingerprint,
  forgetOldAnswers,
  idempotencyKey,
} from "../../../../templates/runtime/src/service/idempotency.ts";
import { Problem } from "../../../../templates/runtime/src/service/problem.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import { waitsForLock } from "../aggregate/waits-for-lock.ts";

const migration = new URL("../../../../templates/service/migrations/0006-http-idempotency.sql", import.meta.url);
const answer: Answer = { status: 409, body: '{"b":1,"a":2}' };

describe("an idempotency key", () => {
  let test: TestDatabase;
  let database: Database;
  before(async () => {
    test = await testDatabase();
    database = createDatabase({ url: test.url });
    await database.query(await readFile(migration, "utf8"));
  });
  after(async () => {
    await database.close();
    await test.drop();
  });

  const request = (key: string = randomUUID()) => ({ client: "", key, fingerprint: "f" });
  const once = (asked: ReturnType<typeof request>, work: () => Promise<Answer> = async () => answer) =>
    database.transaction((tx) => answerOnce(tx, asked, work));

  it("has the work done once, and its answer given again as it was", async () => {
    const asked = request();
    assert.deepEqual(await once(asked), { ...answer, replayed: false });
    assert.deepEqual(await once(asked, () => assert.fail("done twice")), { ...answer, replayed: true });
  });

  it("is refused for another request", async () => {
    const asked = request();
    await once(asked);
    await assert.rejects(
      once({ ...asked, fingerprint: "g" }),
      (error) => error instanceof Problem && error.statusCode === 422,
    );
  });

  it("means nothing to another client", async () => {
    const asked = request();
    await once(asked);
    assert.equal((await once({ ...asked, client: "mallory" })).replayed, false);
  });

  it("is free again when the work failed", async () => {
    const asked = request();
    await assert.rejects(
      once(asked, async () => {
        throw new Error("crash");
      }),
    );
    assert.equal((await once(asked)).replayed, false);
  });

  // Removed once: the claim's INSERT as the first statement, replaced by a SELECT. Then both do the work.
  it("makes a concurrent second request wait and gives it the first one's answer", async () => {
    const asked = request();
    const working = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    const first = once(asked, async () => {
      working.resolve();
      await hold.promise;
      return answer;
    });
    await working.promise;
    const second = once(asked, () => assert.fail("done twice"));
    await waitsForLock(database, second);
    hold.resolve();
    assert.equal((await first).replayed, false);
    assert.deepEqual(await second, { ...answer, replayed: true });
  });

  it("is forgotten after a day, and not before", async () => {
    const old = request();
    const recent = request();
    await once(old);
    await once(recent);
    await database.query("UPDATE http_idempotency SET created_at = now() - interval '25 hours' WHERE key = $1", [
      old.key,
    ]);
    await database.query("UPDATE http_idempotency SET created_at = now() - interval '23 hours' WHERE key = $1", [
      recent.key,
    ]);
    await forgetOldAnswers(database);
    assert.equal((await once(old)).replayed, false);
    assert.equal((await once(recent)).replayed, true);
  });

  it("is plain text of a moderate length", () => {
    assert.equal(idempotencyKey(undefined), undefined);
    assert.equal(idempotencyKey('"8e03978e-40d5"'), '"8e03978e-40d5"');
    for (const header of ["", " ", "a b", "é", "x".repeat(256), ["a", "b"]])
      assert.throws(() => idempotencyKey(header), Problem);
  });

  it("stands for a request, not for the order in which its properties are written", () => {
    assert.equal(fingerprint("A", { a: 1, b: [{ c: 1, d: 2 }] }), fingerprint("A", { b: [{ d: 2, c: 1 }], a: 1 }));
    assert.notEqual(fingerprint("A", { a: 1 }), fingerprint("B", { a: 1 }));
    assert.notEqual(fingerprint("A", { a: [1, 2] }), fingerprint("A", { a: [2, 1] }));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        assert.equal(fingerprint("A", one) === fingerprint("A", other), same);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return {
    properties: Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  };
}
