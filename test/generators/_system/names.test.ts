import assert from "node:assert/strict";
import fc from "fast-check";
import { BadNameError } from "../../../generators/_system/errors.ts";
import { camel, kebab, parseName, pascal, snake } from "../../../generators/_system/names.ts";

describe("names", () => {
  const forms = [
    ["PlaceOrder", "place-order", "PlaceOrder", "placeOrder", "place_order"],
    ["place-order", "place-order", "PlaceOrder", "placeOrder", "place_order"],
    ["place_order", "place-order", "PlaceOrder", "placeOrder", "place_order"],
    ["placeOrder", "place-order", "PlaceOrder", "placeOrder", "place_order"],
    ["PLACE_ORDER", "place-order", "PlaceOrder", "placeOrder", "place_order"],
    ["HTTPServer", "http-server", "HTTPServer", "httpServer", "http_server"],
    ["http-server", "http-server", "HttpServer", "httpServer", "http_server"],
    ["order-2", "order-2", "Order2", "order2", "order_2"],
    ["Order2", "order2", "Order2", "order2", "order2"],
    ["a-b-c", "a-b-c", "ABC", "abc", "a_b_c"],
    ["x", "x", "X", "x", "x"],
    ["constructor", "constructor", "Constructor", "constructor", "constructor"],
    ["toString", "to-string", "ToString", "toString", "to_string"],
  ] as const;
  for (const [typed, asKebab, asPascal, asCamel, asSnake] of forms) {
    it(`gives ${typed} its forms`, () => {
      assert.deepEqual(
        [kebab(typed), pascal(typed), camel(typed), snake(typed)],
        [asKebab, asPascal, asCamel, asSnake],
      );
    });
  }

  const refusals = [
    ["", /it is empty/],
    ["../x", /does not begin with a letter/],
    ["a b", /it has a space/],
    ["a/b", /the character "\/"/],
    ["order--line", /must stand alone/],
    ["order-", /must stand alone/],
    ["_order", /does not begin with a letter/],
    ["__proto__", /does not begin with a letter/],
    ["1st", /does not begin with a letter/],
    ["zürich", /the character "ü"/],
    ["party🎉", /the character "🎉"/],
    ["$(rm)", /does not begin with a letter/],
    ["a<%= 1 %>", /the character "<"/],
    ["a';DROP TABLE x", /the character "'"/],
    ["a\u0000b", /the character "\\u0000"/],
    ["a\n", /the character "\\n"/],
    ["a".repeat(41), /longer than 40/],
    ["a".repeat(200), /longer than 40/],
    ["aB".repeat(20), /longer than 40/],
  ] as const;
  for (const [typed, why] of refusals) {
    it(`refuses ${JSON.stringify(typed.slice(0, 30))} in one sentence`, () => {
      assert.throws(
        () => parseName(typed, "a service"),
        (error: unknown) => {
          assert.ok(error instanceof BadNameError);
          assert.match(error.message, why);
          assert.ok(!error.message.includes("\n") && error.message.length < 160, error.message);
          assert.ok(error.hint);
          return true;
        },
      );
    });
  }

  it("takes any text at all, and answers with the name or a BadNameError", () => {
    const nearly = fc.string({ unit: fc.constantFrom(..."aB2-_ .$'\"é🎉\u0000"), maxLength: 44 });
    const check = (text: string): void => {
      try {
        assert.equal(parseName(text), text);
        assert.match(text, /^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$/);
        assert.ok(text.length <= 40);
      } catch (error) {
        if (!(error instanceof BadNameError)) throw error;
      }
    };
    fc.assert(fc.property(fc.oneof(nearly, fc.string({ unit: "binary", maxLength: 44 })), check), { numRuns: 5000 });
  });

  it("keeps each form when it is taken twice, and each form is a name", () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,6}([-_][A-Za-z0-9]{1,6}){0,3}$/);
    fc.assert(
      fc.property(name, (typed) => {
        for (const form of [kebab, pascal, camel, snake]) {
          assert.equal(form(form(typed)), form(typed));
          assert.match(form(typed), /^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$/);
        }
        assert.equal(kebab(snake(typed)), kebab(typed));
      }),
      { numRuns: 3000 },
    );
  });
});
