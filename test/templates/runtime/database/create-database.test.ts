import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database, DatabaseOptions } from "../../../../templates/runtime/src/database/database.ts";
import { DatabaseUnavailableError } from "../../../../templates/runtime/src/database/errors.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import { startProxy } from "../broker/embedded/proxy.ts";

describe("database", () => {
  let server: TestDatabase;
  const opened: Database[] = [];
  const open = (options: Partial<DatabaseOptions> = {}) => {
    const database = createDatabase({ url: server.url, ...options });
    opened.push(database);
    return database;
  };

  before(async () => {
    server = await testDatabase();
  });
  after(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await server.drop();
  });

  it("reads int8 as bigint, alone and in arrays, beyond 2^53", async () => {
    const { rows } = await open().query(
      "SELECT 9007199254740993 AS one, ARRAY[9007199254740993, NULL]::int8[] AS many",
    );
    assert.deepEqual(rows, [{ one: 9007199254740993n, many: [9007199254740993n, null] }]);
  });

  it("takes bigints as values, alone and in arrays", async () => {
    const { rows } = await open().query("SELECT $1::int8 AS one, $2::int8[] AS many", [2n ** 60n, [1n, 2n ** 61n]]);
    assert.deepEqual(rows, [{ one: 2n ** 60n, many: [1n, 2n ** 61n] }]);
  });

  // Red without whileConnected in create-database.ts: the work never ends, and with it whoever waits for it.
  it("fails a transaction at once when its connection is lost while it waits for something else", async () => {
    const idle = open({ idleInTransactionTimeoutMs: 50 }).transaction(() => new Promise(() => undefined));
    await assert.rejects(idle, { name: "DatabaseUnavailableError", code: "25P03" });
  });

  // Red without query_timeout in create-database.ts, or with a ROLLBACK to a connection that does not answer.
  it("gives up a connection that has gone silent, and goes on with a new one", async () => {
    const { hostname, port, pathname, username, password } = new URL(server.url);
    const proxy = await startProxy(Number(port), hostname);
    const url = `postgres://${username}:${password}@127.0.0.1:${proxy.port}${pathname}`;
    const database = open({ url, statementTimeoutMs: 100, answerMs: 100 });
    try {
      const silent = database.transaction(async (tx) => {
        proxy.freeze();
        await tx.query("SELECT 1");
      });
      await assert.rejects(silent, { name: "DatabaseUnavailableError", message: /not answered in time/ });
      assert.deepEqual((await database.query("SELECT 1 AS one")).rows, [{ one: 1 }]);
    } finally {
      await proxy.close();
    }
  });

  it("sets both timeouts and the application's name when it connects", async () => {
    const { rows } = await open({
      statementTimeoutMs: 1234,
      idleInTransactionTimeoutMs: 4321,
      applicationName: "orders",
    }).query(
      `SELECT current_setting('statement_timeout') AS statement, current_setting('application_name') AS name,
              current_setting('idle_in_transaction_session_timeout') AS idle`,
    );
    assert.deepEqual(rows, [{ statement: "1234ms", name: "orders", idle: "4321ms" }]);
  });

  it("prepares statements that have values, and no other", async () => {
    const database = open({ max: 1 });
    await database.query("SELECT $1::int", [1]);
    await database.query("SELECT 2; SELECT 3");
    const { rows } = await database.query("SELECT statement, name LIKE 'eda_%' AS named FROM pg_prepared_statements");
    assert.deepEqual(rows, [{ statement: "SELECT $1::int", named: true }]);
  });

  it("runs a statement again when its table has been altered since it was prepared", async () => {
    const database = open({ max: 1 });
    await database.query("CREATE TABLE altered (a int); INSERT INTO altered VALUES (1)");
    const read = () => database.query("SELECT * FROM altered WHERE a = $1", [1]);
    await read();
    await database.query("ALTER TABLE altered ADD b int");
    assert.deepEqual((await read()).rows, [{ a: 1, b: null }]);
  });

  it("counts the rows that a statement touched", async () => {
    const database = open();
    await database.query("CREATE TABLE counted (a int)");
    assert.equal((await database.query("INSERT INTO counted SELECT generate_series(1, 3)")).count, 3);
  });

  describe("transaction", () => {
    it("commits what it did and returns what its function returned", async () => {
      const database = open();
      await database.query("CREATE TABLE kept (a int)");
      const answer = await database.transaction(async (tx) => {
        await tx.query("INSERT INTO kept VALUES ($1)", [7]);
        return "done";
      });
      assert.equal(answer, "done");
      assert.deepEqual((await database.query("SELECT a FROM kept")).rows, [{ a: 7 }]);
    });

    it("leaves nothing when its function throws, and the connection serves the next one", async () => {
      const database = open({ max: 1 });
      await database.query("CREATE TABLE dropped (a int)");
      const backend = async () => (await database.query("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
      const before = await backend();
      await assert.rejects(
        database.transaction(async (tx) => {
          await tx.query("INSERT INTO dropped VALUES (1)");
          throw new Error("no");
        }),
        { message: "no" },
      );
      assert.deepEqual((await database.query("SELECT a FROM dropped")).rows, []);
      assert.equal(await backend(), before);
    });

    // Red when `commit` in create-database.ts no longer looks at the command that PostgreSQL answers.
    it("rejects when a failed statement's error was caught, for PostgreSQL has rolled back", async () => {
      const database = open();
      const lost = database.transaction(async (tx) => {
        await tx.query("SELECT 1/0").catch(() => {});
      });
      await assert.rejects(lost, { name: "TransactionRolledBackError" });
    });

    it("commits when the failed statement was behind a savepoint", async () => {
      await open().transaction(async (tx) => {
        await tx.query("SAVEPOINT attempt");
        await tx.query("SELECT 1/0").catch(() => tx.query("ROLLBACK TO SAVEPOINT attempt"));
      });
    });

    it("refuses a statement that comes after its end", async () => {
      let late: (() => Promise<unknown>) | undefined;
      await open().transaction(async (tx) => {
        late = () => tx.query("SELECT 1");
      });
      await assert.rejects(late!(), { name: "ConnectionEndedError" });
    });

    // Red without `withRetries` in create-database.ts: one of the two dies of 40P01.
    it("runs again after a deadlock, so that both sides succeed", async () => {
      const database = open();
      await database.query("CREATE TABLE pair (id int PRIMARY KEY, n int); INSERT INTO pair VALUES (1, 0), (2, 0)");
      let runs = 0;
      const met = gate(2);
      const both = (first: number, second: number) =>
        database.transaction(async (tx) => {
          runs++;
          await tx.query("UPDATE pair SET n = n + 1 WHERE id = $1", [first]);
          await met();
          await tx.query("UPDATE pair SET n = n + 1 WHERE id = $1", [second]);
        });
      await Promise.all([both(1, 2), both(2, 1)]);
      // More than once, where the one that was rolled back comes back before the other has taken its row.
      assert.ok(runs >= 3, `${runs} runs`);
      assert.deepEqual((await database.query("SELECT n FROM pair ORDER BY id")).rows, [{ n: 2 }, { n: 2 }]);
    });

    it("gives up after its attempts, with PostgreSQL's own error", async () => {
      let runs = 0;
      const failing = open().transaction(
        async (tx) => {
          runs++;
          await tx.query("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$");
        },
        { attempts: 3 },
      );
      await assert.rejects(failing, { code: "40001" });
      assert.equal(runs, 3);
    });

    it("does not run again after any other error", async () => {
      let runs = 0;
      const failing = open().transaction(async (tx) => {
        runs++;
        await tx.query("SELECT 1/0");
      });
      await assert.rejects(failing, { code: "22012" });
      assert.equal(runs, 1);
    });
  });

  describe("broken connections", () => {
    const kill = (pid: unknown) => open().query("SELECT pg_terminate_backend($1::int)", [pid]);

    it("are replaced after they broke in a transaction", async () => {
      const database = open({ max: 1 });
      const broken = database.transaction(async (tx) => {
        const { rows } = await tx.query("SELECT pg_backend_pid() AS pid");
        await kill(rows[0]?.pid);
        await tx.query("SELECT 1");
      });
      await assert.rejects(broken, DatabaseUnavailableError);
      assert.deepEqual((await database.query("SELECT 1 AS one")).rows, [{ one: 1 }]);
    });

    it("are replaced after they broke while idle", async () => {
      const database = open({ max: 1 });
      const { rows } = await database.query("SELECT pg_backend_pid() AS pid");
      await kill(rows[0]?.pid);
      await untilGone(open(), rows[0]?.pid);
      await database.query("SELECT 1").catch(() => {});
      assert.deepEqual((await database.query("SELECT 1 AS one")).rows, [{ one: 1 }]);
    });
  });

  describe("session", () => {
    it("keeps one connection and lends it to nobody afterwards", async () => {
      const database = open({ max: 1 });
      await database.session(async (session) => {
        await session.query("SELECT pg_advisory_lock(42)");
        await session.transaction(async (tx) => {
          await tx.query("SELECT 1");
        });
      });
      const { rows } = await database.query(
        "SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
      );
      assert.deepEqual(rows, [{ held: 0n }]);
    });
  });

  describe("an unreachable server", () => {
    const withUrl = (change: (url: URL) => void) => {
      const url = new URL(server.url);
      change(url);
      return open({ url: url.href });
    };

    it("that nobody listens for is named in one line without the password", async () => {
      const port = await freePort();
      const database = withUrl((url) => {
        url.port = String(port);
        url.password = "s3cret";
      });
      const error = await failureOf(database);
      assert.match(
        error.message,
        new RegExp(
          `^no connection to PostgreSQL at [^ ]+:${port} \\(database test_[^ ]+, role [^ ]+\\): nothing listens`,
        ),
      );
      assert.doesNotMatch(error.message, /s3cret|\n/);
    });

    it("that refuses the role is named in one line without the password", async () => {
      const error = await failureOf(
        withUrl((url) => {
          url.username = "nobody";
          url.password = "s3cret";
        }),
      );
      assert.match(error.message, /role nobody was refused/);
      assert.doesNotMatch(error.message, /s3cret|\n/);
    });

    it("that lacks the database says so", async () => {
      const error = await failureOf(
        withUrl((url) => {
          url.pathname = "/absent";
        }),
      );
      assert.match(error.message, /there is no database absent/);
    });

    it("that hangs up says so", async () => {
      const sockets: Socket[] = [];
      const deaf = createServer((socket) => {
        sockets.push(socket);
        socket.destroy();
      });
      await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
      const { port } = deaf.address() as { port: number };
      const error = await failureOf(
        withUrl((url) => {
          url.hostname = "127.0.0.1";
          url.port = String(port);
        }),
      );
      await new Promise((resolve) => deaf.close(resolve));
      assert.match(error.message, /the connection was lost/);
    });

    it("with a URL that is none is refused without repeating it", () => {
      assert.throws(() => createDatabase({ url: "secret stuff" }), { message: /expected postgres:\/\// });
    });
  });
});

async function failureOf(database: Database): Promise<Error> {
  const error = await database.query("SELECT 1").then(
    () => assert.fail("the statement ran"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DatabaseUnavailableError, String(error));
  return error;
}

/** Resolves for everybody once `count` have come. Those that come later pass. */
function gate(count: number): () => Promise<void> {
  let waiting = count;
  const { promise, resolve } = Promise.withResolvers<void>();
  return () => {
    waiting--;
    if (waiting <= 0) resolve();
    return promise;
  };
}

async function untilGone(database: Database, pid: unknown): Promise<void> {
  for (;;) {
    const { rows } = await database.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1::int", [pid]);
    if (rows.length === 0) return;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
