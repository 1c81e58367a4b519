import assert from "node:assert/strict";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import { messageId } from "../../../../templates/runtime/src/outbox/message-id.ts";
import { happened, type OutboxDatabase, outboxDatabase } from "./outbox-database.ts";

describe("insertMessages", () => {
  let database: OutboxDatabase;
  before(async () => {
    database = await outboxDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.query("TRUNCATE outbox"));

  it("gives positions in the order of the messages, whatever their number, and answers their ids", async () => {
    const messages = Array.from({ length: 500 }, (_, n) => happened(`k${(n * 7919) % 500}`, n));
    const ids = await database.transaction((tx) => insertMessages(tx, messages));
    const { rows } = await database.query("SELECT id, payload->>'version' AS version FROM outbox ORDER BY position");
    assert.deepEqual(
      rows,
      messages.map((message, n) => ({ id: ids[n], version: message.envelope.aggregateversion })),
    );
  });

  it("takes one statement for any number, and none for none", async () => {
    let statements = 0;
    await database.transaction(async (tx) => {
      const counting: typeof tx = {
        query(text, values) {
          statements++;
          return tx.query(text, values);
        },
      };
      await insertMessages(counting, [happened("a", 1), happened("a", 2)]);
      assert.deepEqual(await insertMessages(counting, []), []);
    });
    assert.equal(statements, 1);
  });

  it("keeps the id that its caller has fixed, and refuses to insert it twice", async () => {
    const id = messageId();
    const fixed = { ...happened("a", 1), envelope: { ...happened("a", 1).envelope, id } };
    const insert = () => database.transaction((tx) => insertMessages(tx, [fixed]));
    assert.deepEqual(await insert(), [id]);
    await assert.rejects(insert(), { code: "23505" });
  });

  it("keeps data as it is: quotes, backslashes, other scripts, null", async () => {
    const data = { text: `'"\\ \n {} $1 ☃ 🎉 <%= x %>`, number: 1e21, nothing: null, list: [[]] };
    const odd = { ...happened("it's", 1), data };
    await database.transaction((tx) => insertMessages(tx, [odd, { ...odd, data: undefined }]));
    const { rows } = await database.query("SELECT payload, aggregateid FROM outbox ORDER BY position");
    assert.deepEqual(rows, [
      { payload: data, aggregateid: "it's" },
      { payload: null, aggregateid: "it's" },
    ]);
  });

  it("refuses what no broker would take, and takes what it would", async () => {
    const sized = (length: number) => ({ ...happened("a", 1), data: { text: "x".repeat(length) } });
    const insert = (length: number) => database.transaction((tx) => insertMessages(tx, [sized(length)]));
    // Without the check, the row is refused at every send, and what follows in its aggregate waits for good.
    await assert.rejects(
      insert(1_000_000),
      /data of orders.OrderChanged has \d+ bytes, and a message may have 1000000/,
    );
    await insert(900_000);
    // jsonb's text of this has a third more bytes than what was written.
    const list = { ...happened("a", 2), data: Array.from({ length: 400_000 }, () => 1) };
    await assert.rejects(
      database.transaction((tx) => insertMessages(tx, [list])),
      /a message may have/,
    );
  });

  it("says plainly what cannot be stored", async () => {
    for (const text of ["a\u0000b", "\ud800"]) {
      await assert.rejects(
        database.transaction((tx) => insertMessages(tx, [{ ...happened("a", 1), data: { text } }])),
        { name: "UnstorableMessageError", message: /^the data of orders\.OrderChanged cannot be stored: .*U\+0000/ },
      );
    }
  });
});

describe("messageId", () => {
  it("is a UUID of version 7 that begins with the time", () => {
    assert.match(messageId(0x0123456789ab), /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(messageId(1), messageId(1));
  });
});
