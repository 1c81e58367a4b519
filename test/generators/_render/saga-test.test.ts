import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { stringify } from "yaml";
import { hostedBy } from "../../../generators/_render/saga-roles.ts";
import { casesOf } from "../../../generators/_render/saga-test.ts";
import { givenSaga } from "../../../templates/runtime/src/testing/given-saga.ts";
import { randomSystem } from "../../support/random-sagas.ts";
import { shop, systemOf } from "../../support/saga-shop.ts";

describe("The test that a saga starts with", () => {
  it("tells each failure and each silence of its own saga", () => {
    const [payment] = shop().sagas;
    assert.deepEqual(
      casesOf({ flow: payment!.flow! }).map(({ title }) => title),
      [
        "is completed when every step succeeds",
        "is compensated when reserve-stock fails",
        "is compensated when reserve-stock is never answered",
        "is compensated when capture-payment fails",
        "is compensated when capture-payment is never answered",
      ],
    );
  });

  it("is true of every saga, as the machine has it", () => {
    let count = 0;
    fc.assert(
      fc.property(randomSystem, ({ manifest, files }) => {
        const system = systemOf(stringify(manifest), files);
        for (const { flow: definition } of system.services.flatMap((service) => hostedBy(system, service))) {
          if (definition.style === "choreography") continue;
          const saga = givenSaga({ sagas: [{ definition, eventTopics: {} }] }, definition.saga, {});
          for (const { title, when, ends, sends } of casesOf({ flow: definition })) {
            count += 1;
            const outcome = saga.when(when).thenEnds(ends);
            if (sends) assert.doesNotThrow(() => outcome.thenSends(...sends), title);
          }
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(count > 100, `${count} cases`);
  });
});
