import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Transaction } from "../../../../templates/runtime/src/database/database.ts";
import {
  type ConsumerOptions,
  type ExternalHandler,
  GiveUpError,
  NotYetError,
} from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import { listDeadLetters, replayDeadLetter } from "../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../templates/runtime/src/inbox/handle-batch.ts";
import { letterReplayer } from "../../../../templates/runtime/src/inbox/replay.ts";
import type { Message } from "../../../../templates/runtime/src/message/message.ts";
import { memoryBroker } from "../outbox/memory-broker.ts";
import { type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import { batchOf, delivered, deliveries, noting, topic } from "./delivery.ts";

const pay = "orders.Pay";

describe("a consumer's options", () => {
  let database: OutboxDatabase;
  let heard: ReturnType<typeof noting>;
  before(async () => {
    database = await outboxDatabase();
    await database.query(
      "CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL, tx text DEFAULT pg_current_xact_id()::text)",
    );
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.query("TRUNCATE effect, inbox, inbox_position, dead_letter, dead_letter_key");
    heard = noting();
  });

  const name = ({ key, data }: Message) => `${key}${(data as { version: number }).version}`;
  const effect = (tx: Transaction, message: Message) =>
    tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
  const effects = async () =>
    (await database.query<{ name: string }>("SELECT name FROM effect ORDER BY id")).rows.map((row) => row.name);
  const options = (more: Partial<ConsumerOptions>): ConsumerOptions => ({
    name: "inventory",
    database,
    broker: memoryBroker(),
    topics: [topic],
    handlers: {},
    retry: { attempts: 3, initialMs: 1 },
    observer: heard.observer,
    ...more,
  });
  const handle = (more: Partial<ConsumerOptions>, ...records: Parameters<typeof batchOf>) =>
    batchHandler(options(more))(batchOf(...records));
  const replay = async (more: Partial<ConsumerOptions>) => {
    for (const { id } of await listDeadLetters(database)) await replayDeadLetter(database, id);
    await letterReplayer(options(more))(new AbortController().signal);
  };
  /** Offsets 0, 1, …: `["a", 1]` is plain, `["a", 1, pay]` of that type. */
  const mixed = (...versions: [key: string, version: number, type?: string][]) =>
    versions.map(([key, version, type], index) =>
      delivered(key, version, { offset: BigInt(index), ...(type === undefined ? {} : { type }) }),
    );
  const position = async () =>
    (await database.query<{ next: bigint }>("SELECT next_offset AS next FROM inbox_position")).rows[0]?.next;

  describe("otherwise", () => {
    it("handles the types that nobody else does", async () => {
      const otherwise = async (message: Message, tx: Transaction) => void (await effect(tx, message));
      await handle({ otherwise }, mixed(["a", 1], ["b", 1, "orders.Other"]));
      assert.deepEqual(await effects(), ["a1", "b1"]);
    });
  });

  describe("handleAll", () => {
    const all =
      (refused: ReadonlySet<string> = new Set()) =>
      async (messages: readonly Message[], tx: Transaction) => {
        for (const message of messages) await effect(tx, message);
        if (messages.some((message) => refused.has(name(message)))) throw new Error("refused");
      };

    it("gets what is new of a batch, in order and in one transaction", async () => {
      const records = deliveries(0n, ["a", 1], ["b", 1], ["a", 2]);
      await handle({ handleAll: all() }, records.slice(0, 1));
      const calls: string[][] = [];
      const handleAll = async (messages: readonly Message[], tx: Transaction) => {
        calls.push(messages.map(name));
        await all()(messages, tx);
      };
      await handle({ handleAll }, records);
      assert.deepEqual(calls, [["b1", "a2"]]);
      assert.deepEqual(heard.notes, ["handled a1", "handled b1", "handled a2", "duplicate a1"]);
    });

    it("is asked again for each by itself when it fails, and only the one to blame is given up", async () => {
      await handle({ handleAll: all(new Set(["b1"])) }, deliveries(0n, ["a", 1], ["b", 1], ["a", 2]));
      assert.deepEqual(await effects(), ["a1", "a2"]);
      assert.deepEqual(heard.notes.at(-1), "handled a2");
      assert.equal((await listDeadLetters(database))[0]?.attempts, 3);
    });

    it("handles a letter that is replayed", async () => {
      await handle({ handleAll: all(new Set(["b1"])) }, deliveries(0n, ["b", 1]));
      await replay({ handleAll: all() });
      assert.deepEqual(await effects(), ["b1"]);
    });
  });

  describe("keepsOrder: false", () => {
    const handlers = (refused: ReadonlySet<string>) => ({
      "orders.OrderChanged": async (message: Message, tx: Transaction) => {
        if (refused.has(name(message))) throw new Error("refused");
        await effect(tx, message);
      },
    });
    const bad = new Set(["bad1"]);

    // Red when bury.ts opens the key's letters whatever keepsOrder says.
    it("lets nothing wait behind a message that was given up", async () => {
      await handle({ keepsOrder: false, handlers: handlers(bad) }, deliveries(0n, ["bad", 1], ["bad", 2], ["a", 1]));
      await handle({ keepsOrder: false, handlers: handlers(bad) }, deliveries(3n, ["bad", 3]));
      assert.deepEqual((await effects()).toSorted(), ["a1", "bad2", "bad3"]);
      assert.deepEqual(
        (await listDeadLetters(database)).map(({ key, status }) => `${key} ${status}`),
        ["bad failed"],
      );
      assert.equal((await database.query("SELECT FROM dead_letter_key")).count, 0);
    });

    it("lets other keys go on while a failing message is tried again", async () => {
      const failures: string[][] = [];
      const observer = { failed: async () => void failures.push(await effects()) };
      await handle(
        { keepsOrder: false, handlers: handlers(bad), observer, retry: { attempts: 2, initialMs: 1 } },
        deliveries(0n, ["bad", 1], ["a", 1]),
      );
      assert.deepEqual(failures.at(-1), ["a1"]);
    });

    it("replays such a letter by itself, and leaves it failed when it fails again", async () => {
      await handle({ keepsOrder: false, handlers: handlers(bad) }, deliveries(0n, ["bad", 1]));
      await replay({ keepsOrder: false, handlers: handlers(bad) });
      assert.equal((await listDeadLetters(database))[0]?.status, "failed");
      await replay({ keepsOrder: false, handlers: handlers(new Set()) });
      assert.deepEqual(await effects(), ["bad1"]);
      assert.deepEqual(await listDeadLetters(database), []);
    });

    it("writes an unreadable record's letter once, also behind one that is still undecided", async () => {
      const [good] = deliveries(1n, ["x", 1]);
      const records = [...mixed(["p", 1, pay]), { ...good!, headers: { eda: "{" } }];
      let calls = 0;
      const external = {
        [pay]: async () => {
          // The process ends here: what is committed stays.
          if (++calls === 1) await database.query("SELECT pg_terminate_backend(pg_backend_pid())");
        },
      };
      await assert.rejects(handle({ keepsOrder: false, external }, records));
      await handle({ keepsOrder: false, external }, records);
      assert.equal((await listDeadLetters(database)).length, 1);
      assert.equal(await position(), 2n);
    });
  });

  describe("giving up", () => {
    const failing = (error: Error) => ({
      "orders.OrderChanged": async (message: Message) => {
        heard.notes.push(`tried ${name(message)}`);
        throw error;
      },
    });

    it("comes at once with a GiveUpError", async () => {
      await handle({ handlers: failing(new GiveUpError("too old")) }, deliveries(0n, ["a", 1]));
      assert.deepEqual(heard.notes, ["tried a1", "failed a1", "dead a"]);
    });

    // Red without leftMs in in-place.ts: the pause alone takes an hour.
    it("comes when the message's time is over, whatever attempts are left", async () => {
      await handle(
        {
          handlers: failing(new Error("no")),
          retry: { attempts: 1_000_000, initialMs: 3_600_000, maxMs: 3_600_000 },
          triedForMs: () => 20,
        },
        deliveries(0n, ["a", 1]),
      );
      assert.deepEqual(heard.notes, ["tried a1", "failed a1", "tried a1", "failed a1", "dead a"]);
    });

    it("is told in the transaction that writes the letter", async () => {
      const onGivenUp = async (message: Message, error: unknown, tx: Transaction) => {
        assert.equal((error as Error).message, "no");
        const { rows } = await tx.query("SELECT FROM dead_letter WHERE message_id = $1", [message.id]);
        assert.equal(rows.length, 1);
        await effect(tx, message);
      };
      await handle({ handlers: failing(new GiveUpError("no")), onGivenUp }, deliveries(0n, ["a", 1]));
      assert.deepEqual(await effects(), ["a1"]);
    });

    // Red without the catch in bury.ts: the batch comes again for ever.
    it("that fails itself does not hold up the messages behind it", async () => {
      const onGivenUp = async () => {
        throw new Error("nobody listens");
      };
      await handle({ handlers: failing(new GiveUpError("no")), onGivenUp }, deliveries(0n, ["a", 1], ["b", 1]));
      assert.deepEqual(
        (await listDeadLetters(database)).map(({ error }) => error),
        ["no; and giving it up failed: nobody listens", "no; and giving it up failed: nobody listens"],
      );
    });
  });

  describe("a message whose time has not come", () => {
    it("is handled later, counts no attempt, and lets other keys go on meanwhile", async () => {
      let asked = 0;
      const handlers = {
        "orders.OrderChanged": async (message: Message, tx: Transaction) => {
          if (name(message) === "late1" && ++asked < 6)
            throw new NotYetError(
              "wait",
              1,
              async (own) => void (await own.query("INSERT INTO effect (name) VALUES ('kept')")),
            );
          await effect(tx, message);
        },
      };
      await handle(
        { handlers, retry: { attempts: 2, initialMs: 1 } },
        deliveries(0n, ["late", 1], ["late", 2], ["a", 1]),
      );
      assert.deepEqual(await effects(), ["a1", "kept", "kept", "kept", "kept", "late1", "late2"]);
      assert.deepEqual(heard.notes, ["handled a1", "handled late1", "handled late2"]);
      assert.equal(await position(), 3n);
    });
  });

  describe("external", () => {
    const plain = {
      "orders.OrderChanged": async (message: Message, tx: Transaction) => void (await effect(tx, message)),
    };
    const marking: ExternalHandler = async (message, { database: own, mark }) =>
      own.transaction(async (tx) => {
        if (await mark(tx)) await effect(tx, message);
      });

    it("runs outside any transaction, after what comes before it is committed, and marks in its own", async () => {
      const external: ExternalHandler = async (message, run) => {
        const { rows } = await database.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
        );
        assert.equal(rows.length, 0);
        assert.deepEqual(await effects(), ["p1", "q1"]);
        await marking(message, run);
      };
      const batch = batchOf(mixed(["p", 1], ["p", 2, pay], ["q", 1]));
      await batchHandler(options({ handlers: plain, external: { [pay]: external } }))(batch);
      assert.deepEqual(await effects(), ["p1", "q1", "p2"]);
      assert.deepEqual(batch.commits, [1n, 3n]);
    });

    // Red when lanes.run takes one lane after the other.
    it("lets calls of different keys run side by side, and those of one key in order", async () => {
      const bothIn = Promise.withResolvers<void>();
      let running = 0;
      const external: ExternalHandler = async (message, run) => {
        if (++running === 2) bothIn.resolve();
        await bothIn.promise;
        await marking(message, run);
      };
      await handle(
        { external: { [pay]: external } },
        mixed(["p", 1, pay], ["p", 2, pay], ["q", 1, pay], ["r", 1, pay]),
      );
      const done = await effects();
      assert.deepEqual(done.toSorted(), ["p1", "p2", "q1", "r1"]);
      assert.ok(done.indexOf("p1") < done.indexOf("p2"));
    });

    it("has a later message of its key wait, and no other", async () => {
      const external: ExternalHandler = async (message, run) => {
        assert.deepEqual(await effects(), ["q1"]);
        await marking(message, run);
      };
      await handle({ handlers: plain, external: { [pay]: external } }, mixed(["p", 1, pay], ["p", 2], ["q", 1]));
      assert.deepEqual(await effects(), ["q1", "p1", "p2"]);
    });

    it("is not called for what is decided, and marked by the consumer when its handler does not", async () => {
      let calls = 0;
      const external = { [pay]: async () => void calls++ };
      const records = mixed(["p", 1, pay]);
      await handle({ external }, records);
      await handle({ external }, records);
      assert.equal(calls, 1);
      assert.deepEqual(heard.notes, ["handled p1", "duplicate p1"]);
    });

    // Red when a lane's items move the position past one that is not decided: it is taken for a forgotten one.
    it("is called again for what an ended process has not marked, however old the record is", async () => {
      const id = randomUUID();
      const old = new Date("2020-01-01");
      const records = [
        delivered("p", 1, { offset: 0n, type: pay, id, timestamp: old }),
        delivered("a", 1, { offset: 1n, timestamp: old }),
      ];
      await database.query(
        "INSERT INTO inbox_position (consumer, topic, partition, next_offset, forgotten_before) VALUES ('inventory', $1, 0, 0, now())",
        [topic],
      );
      const ended = async () => {
        await database.query("SELECT pg_terminate_backend(pg_backend_pid())");
      };
      await assert.rejects(handle({ handlers: plain, external: { [pay]: ended } }, records));
      await handle({ handlers: plain, external: { [pay]: marking } }, records);
      assert.deepEqual(await effects(), ["a1", "p1"]);
    });

    it("goes to the dead letters after its attempts, and a replay reaches it outside a transaction", async () => {
      let refuse = true;
      const external: ExternalHandler = async (message, run) => {
        if (refuse) throw new Error("the provider is away");
        await marking(message, run);
      };
      const more = { handlers: plain, external: { [pay]: external } };
      await handle(more, mixed(["p", 1, pay], ["p", 2], ["p", 3, pay]));
      assert.deepEqual(
        (await listDeadLetters(database)).map(({ status, attempts }) => `${status} ${attempts}`),
        ["failed 3", "waiting 0", "waiting 0"],
      );
      refuse = false;
      await replayDeadLetter(database, (await listDeadLetters(database))[0]!.id);
      await letterReplayer(options(more))(new AbortController().signal);
      assert.deepEqual(await effects(), ["p1", "p2", "p3"]);
      assert.deepEqual(await listDeadLetters(database), []);
    });
  });

  describe("admit", () => {
    it("decides how many are handled before it is asked again", async () => {
      const wanted: number[] = [];
      const admit = async (count: number) => {
        wanted.push(count);
        return 2;
      };
      const sizes: number[] = [];
      const handleAll = async (messages: readonly Message[]) => void sizes.push(messages.length);
      const batch = batchOf(deliveries(0n, ["a", 1], ["b", 1], ["c", 1]));
      await batchHandler(options({ admit, handleAll }))(batch);
      assert.deepEqual(
        [wanted, sizes, batch.commits],
        [
          [3, 1],
          [2, 1],
          [2n, 3n],
        ],
      );
    });
  });
});
