import { testServiceBehaviour } from "eda-runtime/testing";
import { definition } from "../src/generated/definition.ts";
import { samples, subscriptionSamples } from "../src/generated/samples.ts";
import { implementation } from "../src/generated/wiring.ts";

// A real PostgreSQL and a real broker: each HTTP command once, twice with one Idempotency-Key, and with bad input;
// what it emits is seen on the topic.
testServiceBehaviour({
  definition,
  implementation,
  samples,
  subscriptionSamples,
  migrations: new URL("../migrations/", import.meta.url),
});
