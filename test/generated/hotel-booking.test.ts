import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { builtEda, counted, installAsExample, npm } from "../support/installed.ts";
import { inSandbox } from "../support/sandbox.ts";

/** A booking with a field of every type, for a manifest that commands have written. */
const fields = [
  "bookingId: uuid",
  "guest: string",
  "nights: int",
  "rate: decimal",
  "total: money",
  "breakfast: boolean",
  "bookedAt: timestamp",
  "arrival: date",
  "wishes: json",
  "board: 'enum(none, half, full)'",
  "rooms: 'RoomLine[]'",
  "layout: 'int[][]'",
  "party: Party",
  "note: string?",
  "deposit: money?",
  "extras: 'Extra[]?'",
  "constructor: string",
  "valueOf: string?",
].join(", ");
const types = [
  "    types:",
  "      RoomLine: { number: int, kind: 'enum(single, double)', beds: 'string[]', extra: 'Extra?' }",
  "      Extra: { name: string, price: money }",
  "      Party: { adults: int, children: 'Child[]', contact: 'string?' }",
  "      Child: { age: int, cot: 'boolean?' }",
  "",
].join("\n");

describe("A hotel's system, made by commands and then given fields by hand", () => {
  it("passes its own tests as generated: every field type, no command, no event, names that are reserved words", () =>
    inSandbox(async ({ path, read, write, root }) => {
      await builtEda(["new", "hotel", "--defaults", "--skip-install"], root);
      const add = (...words: string[]) => builtEda(["add", ...words, "--defaults"], path("hotel"));
      await add(
        "service",
        "bookings",
        "--commands",
        "BookRoom,CancelBooking",
        "--events",
        "RoomBooked,BookingCancelled,BookingRefused",
      );
      await add(
        "service",
        "class",
        "--aggregate",
        "default",
        "--commands",
        "delete,New",
        "--events",
        "deleted,Function",
      );
      await add(
        "service",
        "user",
        "--aggregate",
        "order",
        "--key",
        "constructor",
        "--commands",
        "toString",
        "--events",
        "Date",
      );
      await add("service", "x", "--events", "HappenedElsewhere");
      await add("service", "idle");
      await add("outbox", "idle");
      await add("service", "a".repeat(40), "--commands", "B".repeat(40), "--events", "C".repeat(40));
      await add(
        "service",
        "house-keeping",
        "--commands",
        "CleanRoom",
        "--events",
        "RoomCleaned",
        "--subscribes",
        "bookings.RoomBooked,class.Function,user.Date",
      );

      const manifest = read("hotel/eda.yaml")
        .replace("BookRoom: { fields: { bookingId: uuid }", `BookRoom: { fields: { ${fields} }`)
        .replace("RoomBooked: { fields: { bookingId: uuid }", `RoomBooked: { version: 3, fields: { ${fields} }`)
        .replace(
          "CancelBooking: { fields: { bookingId: uuid }",
          "CancelBooking: { fields: { bookingId: uuid, why: string?, at: timestamp }",
        )
        .replace(
          "BookingCancelled: { fields: { bookingId: uuid }",
          "BookingCancelled: { fields: { bookingId: uuid, why: string?, by: string, note: string? }",
        )
        .replace("    aggregate: Booking\n", `    aggregate: Booking\n${types}`)
        .replace(
          "CleanRoom: { fields: { houseKeepingId: uuid }",
          "CleanRoom: { fields: { houseKeepingId: uuid }, http: false",
        );
      for (const changed of [`{ ${fields} }`, "version: 3", "by: string", "Party:", "http: false"]) {
        assert.ok(manifest.includes(changed), changed);
      }
      write("hotel/eda.yaml", manifest);
      await builtEda(["sync"], path("hotel"));
      await installAsExample(path("hotel"));

      const ran = await npm(["test"], path("hotel"));
      assert.equal(ran.code, 0, ran.stdout.slice(-6000) + ran.stderr);
      assert.ok(counted(ran, "pass") >= 20, ran.stdout);
      assert.equal(counted(ran, "skipped"), 0);
      assert.equal(fs.existsSync(path("hotel/services/idle/migrations/0020-outbox.sql")), true);
    })).timeout(300_000);

  it("passes its own tests while it has no service at all", () =>
    inSandbox(async ({ path, root }) => {
      await builtEda(["new", "empty", "--defaults", "--skip-install"], root);
      fs.mkdirSync(path("empty/services"), { recursive: true });
      await installAsExample(path("empty"));
      fs.rmdirSync(path("empty/services"));
      const ran = await npm(["test"], path("empty"));
      assert.equal(ran.code, 0, ran.stdout.slice(-4000) + ran.stderr);
    })).timeout(120_000);
});
