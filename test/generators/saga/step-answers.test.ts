import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { EdaError } from "../../../generators/_system/errors.ts";
import { commandAnswer, printSteps, stepAnswers, stepsIn } from "../../../generators/saga/step-answers.ts";
import { anyText, assertOneLine, hostileTexts } from "../_command/hostile-text.ts";

describe("Steps as they are typed", () => {
  it("name a command and perhaps its kind, in whatever case", () => {
    assert.deepEqual(stepAnswers("hotels.ReserveRoom, flights.buy-seat:pivot"), [
      { command: "hotels.ReserveRoom" },
      { command: "flights.BuySeat", kind: "pivot" },
    ]);
    assert.deepEqual(stepAnswers(" "), []);
  });

  it("are also a list of maps, for what a word cannot say", () => {
    const steps = [
      "hotels.ReserveRoom",
      {
        parallel: [
          { id: "seat", command: "flights.BuySeat", timeout: "10s", input: { seat: "$.trigger.seat" } },
          { command: "cars.RentCar", compensation: "none", reason: "free of charge" },
        ],
      },
      {
        command: "mail.SendTicket",
        kind: "retriable",
        success: "TicketSent",
        retry: { attempts: 9 },
        on: "flights.SeatBought",
      },
      { command: "bank.TakeMoney", compensation: { command: "bank.GiveBack", timeout: "1m" } },
    ];
    const read = stepAnswers(JSON.stringify(steps));
    assert.deepEqual(read, [{ command: "hotels.ReserveRoom" }, ...steps.slice(1)]);
    assert.deepEqual(stepAnswers(printSteps(read)), read);
    assert.equal(stepsIn(read).length, 5);
  });

  for (const [text, says, hint] of [
    ["hotels", /names no command/, /service\.Command/],
    ["a.B:c:d", /is no step/, /service\.Command:kind/],
    ["a.B:pivott", /"pivott" is no kind/, /Did you mean pivot/],
    ["a.B,a.B", /a\.B is there twice/, /its own id/],
    ["a.B,", /"" names no command/, /service\.Command/],
    ["[", /no list of steps/, /parted by commas/],
    ["[1]", /1 is none/, /key: value/],
    ['[{"command":"a.B","kinds":"pivot"}]', /no key "kinds"/, /Did you mean kind/],
    ['[{"parallel":[]}]', /parallel stands alone/, /parallel: \[/],
    ['[{"parallel":[{"parallel":[]}]}]', /no key "parallel"/, /Known are/],
    ['[{"command":"a.B","timeout":"soon"}]', /"soon" is no duration/, /30s/],
    ['[{"command":"a.B","timeout":30}]', /30 is no duration/, /30s/],
    ['[{"command":"a.B","input":{"a b":1}}]', /"a b" is no name of a field/, /orderId/],
    ['[{"command":"a.B","input":{"__proto__":1}}]', /is no name of a field/, /orderId/],
    ['[{"command":"a.B","reason":"one\\ntwo"}]', /cannot be the reason/, /one line/],
    ['[{"command":"a.B","id":"a b"}]', /cannot be a step: it has a space/, /letters and digits/],
    ['[{"command":"a.B","compensation":{"command":7}}]', /7 names no command/, /service\.Command/],
    ['[{"command":"a.B","retry":{"tries":7}}]', /no key "tries"/, /attempts/],
  ] as const) {
    it(`are refused: ${text}`, () => {
      assert.throws(
        () => stepAnswers(text),
        (error) => {
          assert.ok(error instanceof EdaError);
          assert.match(error.message, says);
          assert.match(error.hint ?? "", hint);
          assertOneLine(error);
          return true;
        },
      );
    });
  }

  for (const hostile of hostileTexts) {
    it(`never hold ${JSON.stringify(hostile.slice(0, 30))}`, () => {
      for (const text of [`${hostile}.Book`, `hotels.${hostile}`, `hotels.Book:${hostile}`]) refuses(stepAnswers, text);
      for (const key of ["id", "kind", "timeout", "on"]) {
        refuses(stepAnswers, JSON.stringify([{ command: "a.B", [key]: hostile }]));
      }
      refuses(commandAnswer, `hotels.${hostile}`);
    });
  }

  it("are read, or refused in a line, whatever the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const read of [stepAnswers, commandAnswer]) {
          try {
            read(text);
          } catch (error) {
            assert.ok(error instanceof EdaError, String(error));
            assertOneLine(error);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("are read, or refused in a line, whatever stands in a list", () => {
    const key = fc.constantFrom("command", "id", "kind", "input", "parallel", "compensation", "retry", "reason", "x");
    const { list } = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.constantFrom("a.B", "none", "pivot", "30s", "$.trigger.x"),
        anyText,
        fc.integer(),
        fc.constant(null),
        tie("map"),
        tie("list"),
      ),
      map: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
      list: fc.array(tie("value"), { maxLength: 3 }),
    }));
    fc.assert(
      fc.property(list, (value) => {
        try {
          stepAnswers(JSON.stringify(value));
        } catch (error) {
          assert.ok(error instanceof EdaError, String(error));
          assertOneLine(error);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function refuses(read: (text: string) => unknown, text: string): void {
  assert.throws(
    () => read(text),
    (error) => {
      assert.ok(error instanceof EdaError, text);
      assertOneLine(error);
      return true;
    },
    text,
  );
}
