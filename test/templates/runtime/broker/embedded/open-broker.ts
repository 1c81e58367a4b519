import type { Broker } from "../../../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";

/** Short, so that a test need not wait long for a lost lease. */
export const LEASE_MS = 1_000;

/** The embedded broker of a consumer process. */
export function open(): Promise<Broker> {
  return createEmbeddedBroker({ url: process.env.TEST_BROKER_URL ?? "", leaseMs: LEASE_MS });
}
