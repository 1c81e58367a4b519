import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Command } from "../../../generators/_command/command.ts";
import {
  kebabName,
  numberBetween,
  oneOf,
  pascalName,
  pascalNames,
  retention,
} from "../../../generators/_command/parse.ts";
import { commandNamed } from "../../../generators/_command/registry.ts";
import { EdaError } from "../../../generators/_system/errors.ts";
import { anyText, assertOneLine, hostileTexts, reservedNames } from "./hostile-text.ts";

const commands: readonly Command<never>[] = (["app", "service", "outbox-migration"] as const).map(commandNamed);

/** What an answer may look like, whatever was typed: plain words only, so nothing of it can reach a shell or SQL. */
const harmless = /^[A-Za-z0-9._-]*$/;

describe("Parsing what is typed", () => {
  it("gives names their form, whatever case was typed", () => {
    assert.equal(kebabName("a service")("OrderHistory"), "order-history");
    assert.equal(pascalName("an aggregate")("order_history"), "OrderHistory");
    assert.deepEqual(pascalNames("a command")("place-order, PlaceOrder,cancelOrder"), ["PlaceOrder", "CancelOrder"]);
    assert.deepEqual(pascalNames("a command")(" "), []);
  });

  it("refuses a list with a gap, which is a name left out", () => {
    assert.throws(() => pascalNames("a command")("PlaceOrder,,CancelOrder"), /it is empty/);
    assert.throws(() => pascalNames("a command")("PlaceOrder,"), /it is empty/);
  });

  it("says what is allowed, and what was probably meant", () => {
    const platform = oneOf("stream platform", ["kafka", "nats"]);
    assert.equal(platform(" Kafka "), "kafka");
    assert.throws(() => platform("kafak"), { message: '"kafak" is no stream platform', hint: "Did you mean kafka?" });
    assert.throws(() => platform("rabbit"), { hint: "It is one of kafka, nats" });
  });

  it("takes a number within its range only, in plain digits", () => {
    const partitions = numberBetween(1, 10_000, "number of partitions");
    assert.equal(partitions(" 12 "), 12);
    for (const text of ["0", "-1", "1.5", "1e3", "0x10", "10001", "9".repeat(400), "NaN", "Infinity", ""]) {
      assert.throws(() => partitions(text), { hint: "It is a whole number from 1 to 10000" }, text);
    }
  });

  it("takes a time as the manifest writes it", () => {
    for (const text of ["7d", "12h", "30m", "90s", "500ms", "forever"]) assert.equal(retention(text), text);
    for (const text of ["0d", "7", "d", "7 d", "1y", "9999999999d", "-1d"])
      assert.throws(() => retention(text), EdaError);
  });

  it("refuses hostile names with one line each, for every name that can be typed", () => {
    for (const parse of [kebabName("a service"), pascalName("an event")]) {
      for (const text of hostileTexts) {
        assert.throws(
          () => parse(text),
          (error) => error instanceof EdaError && !/\n/.test(error.message) && error.message.length < 200,
          text,
        );
      }
      for (const text of reservedNames) assert.match(parse(text), harmless);
    }
  });

  for (const command of commands) {
    for (const option of command.options.filter(({ key }) => (key as string) !== "generator")) {
      it(`gives harmless words or an error for whatever comes behind ${command.name} ${option.flag}`, () => {
        fc.assert(
          fc.property(anyText, (text) => {
            try {
              for (const word of [option.parse(text)].flat()) assert.match(String(word), harmless);
            } catch (error) {
              if (!(error instanceof EdaError)) throw error;
              assertOneLine(error);
            }
          }),
          { numRuns: 400 },
        );
      });
    }
  }
});
