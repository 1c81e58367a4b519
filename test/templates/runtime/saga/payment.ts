import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import type { SagaSource } from "../../../../templates/runtime/src/saga/source.ts";

const file = "test/generators/_saga/valid/sagas/payment.saga.yaml";

/** The payment saga that the format's description shows, as it is written. */
export const paymentSource = parse(readFileSync(file, "utf8")) as SagaSource;

export const payment = compileSaga(paymentSource, "orders");

export const paymentTrigger = {
  orderId: "4711",
  customerId: "c-1",
  total: 99,
  lines: [{ sku: "a", quantity: 1 }],
} as const;
