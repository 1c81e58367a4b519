import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { collectAnswers } from "../../../generators/_command/answers.ts";
import type { Asked, Asker } from "../../../generators/_command/ask.ts";
import type { System } from "../../../generators/_system/system.ts";
import { command } from "../../../generators/saga/command.ts";
import { travel } from "./travel.ts";

/** Somebody who answers what is listed by the question's key, and takes the default of all else. */
function someone(answers: Readonly<Record<string, string>>): Asker & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    async ask(question) {
      asked.push(question);
      const answer = answers[question.key] ?? question.default;
      assert.equal(question.check(answer), undefined, question.message);
      if (question.choices)
        assert.ok(
          question.choices.some(({ value }) => value === answer),
          `${question.key} ${answer}`,
        );
      return answer;
    },
    confirm: async () => true,
  };
}

const interview = async (
  answers: Readonly<Record<string, string>>,
  { system }: { readonly system: System } = travel(),
) => {
  const asker = someone(answers);
  const said = { name: "trip" };
  const collected = await collectAnswers(command, { command: "saga", said }, { by: "asking", asker }, system);
  return { ...collected, keys: asker.asked.map(({ key }) => key), asked: asker.asked };
};

describe("The interview for a saga", () => {
  it("proposes what the manifest suggests, step by step, and ends where nothing more is wanted", async () => {
    const { answers, keys, assumed } = await interview({});
    assert.deepEqual(keys, [
      "style",
      "trigger",
      "service",
      ...["step1", "step1Kind", "step1Success", "step1Failure", "step1Compensation"],
      ...["step2", "step2Kind", "step2Success", "step2Failure", "step2Compensation"],
      "step3",
      "step4",
      "completed",
      "compensated",
    ]);
    assert.deepEqual(answers.steps, [
      {
        command: "hotels.ReserveRoom",
        kind: "compensatable",
        success: "RoomReserved",
        failure: "RoomRefused",
        compensation: { command: "hotels.ReleaseRoom" },
      },
      {
        command: "flights.BuySeat",
        kind: "pivot",
        success: "SeatBought",
        failure: "SeatRefused",
        compensation: { command: "flights.RefundSeat" },
      },
      { command: "mail.SendTicket", kind: "retriable", success: "TicketSent" },
    ]);
    assert.equal(answers.completed?.command, "trips.ConfirmTrip");
    assert.deepEqual([...assumed], [], "a person has seen all of it");
  });

  it("asks for what no field before fills, as a path or a value, and why nothing takes a step back", async () => {
    const { answers, asked } = await interview({
      step1: "mail.SendTicket",
      step1Kind: "compensatable",
      step1room: "12 B",
      step1Reason: "a letter is only a letter",
      step2: "done",
    });
    const question = asked.find(({ key }) => key === "step1room");
    assert.match(question?.message ?? "", /mail\.SendTicket needs room: string/);
    assert.match(question?.check("") ?? "", /\$\.trigger/);
    assert.deepEqual(answers.steps, [
      {
        command: "mail.SendTicket",
        kind: "compensatable",
        success: "TicketSent",
        input: { room: "12 B" },
        compensation: "none",
        reason: "a letter is only a letter",
      },
    ]);
  });

  it("offers what comes from outside to begin with, and no step that would begin the saga again", async () => {
    const underived = travel(undefined, ["trips"]);
    const { asked } = await interview({ step1: "trips.ConfirmTrip", step2: "done" }, underived);
    const question = (key: string) => asked.find((one) => one.key === key);
    assert.equal(question("trigger")?.default, "trips.TripBooked");
    const offered = question("step1")?.choices?.map(({ value }) => value);
    assert.deepEqual(offered, ["trips.ConfirmTrip", "trips.DropTrip"]);
  });

  it("asks for nothing in a system without events: the checkout is asked about then", async () => {
    const empty = travel((text) => text.slice(0, text.indexOf("services:")));
    assert.deepEqual((await interview({}, empty)).keys, ["style"]);
  });
});
