import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { builtEda, counted, installAsExample, npm } from "../support/installed.ts";
import { inSandbox } from "../support/sandbox.ts";

describe("A choreography over three services, made by commands", () => {
  it("passes its own tests, and ends each of its sagas while its services are killed and paused", () =>
    inSandbox(async ({ path, read, write, root }) => {
      await builtEda(["new", "shop", "--defaults", "--skip-install"], root);
      const add = (...words: string[]) => builtEda(["add", ...words, "--defaults"], path("shop"));
      const owned = ["--key", "orderId"];
      await add("service", "orders", "--commands", "ConfirmOrder", "--events", "OrderConfirmed");
      const points = ["PointsEarned", "PointsRefused", "PointsRevoked"].join(",");
      await add("service", "loyalty", "--commands", "EarnPoints,RevokePoints", "--events", points, ...owned);
      await add("service", "gifts", "--commands", "SendGift", "--events", "GiftSent,GiftRefused", ...owned);
      // What a command undoes, and that nobody but the saga starts these, only a person knows.
      const manifest = read("shop/eda.yaml")
        .replace(/(EarnPoints|SendGift): (.*) \}$/gm, "$1: $2, http: false }")
        .replace(/RevokePoints: (.*) \}$/m, "RevokePoints: $1, undoes: EarnPoints, http: false }");
      write("shop/eda.yaml", manifest);
      const steps = "loyalty.EarnPoints,gifts.SendGift:pivot";
      const trigger = ["--trigger", "orders.OrderConfirmed"];
      await add("saga", "loyalty", "--style", "choreography", ...trigger, "--steps", steps);
      await builtEda(["validate", "--strict"], path("shop"));
      await installAsExample(path("shop"));

      const ran = await npm(["test"], path("shop"));
      assert.equal(ran.code, 0, ran.stdout.slice(-6000) + ran.stderr);
      assert.equal(counted(ran, "skipped"), 0, ran.stdout);
      assert.match(ran.stdout, /orders\.OrderConfirmed: said twice, starts earn-points of the saga loyalty once/);
      assert.match(
        ran.stdout,
        /gifts\.GiftRefused: before orders\.OrderConfirmed, keeps earn-points of the saga loyalty/,
      );

      const faults = await npm(["run", "test:faults", "--", "--seconds", "5", "--seed", "11"], path("shop"));
      assert.equal(faults.code, 0, faults.stdout.slice(-6000) + faults.stderr);
      assert.match(faults.stdout, /sagas completed +[1-9]/);
    })).timeout(240_000);
});
