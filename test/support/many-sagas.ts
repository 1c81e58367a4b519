import { readFileSync } from "node:fs";
import type { BigSystem } from "./big-system.ts";

const valid = new URL("../generators/_saga/valid/", import.meta.url);

/** A sound system with any number of sagas of three steps, each started by the same event: `payment-1`, `payment-2`, … */
export function manySagas(count: number): BigSystem {
  const manifest = readFileSync(new URL("eda.yaml", valid), "utf8");
  const payment = readFileSync(new URL("sagas/payment.saga.yaml", valid), "utf8");
  const names = Array.from({ length: count }, (_, index) => `payment-${index + 1}`);
  const entries = names.map((name) => `  ${name}: { definition: sagas/${name}.saga.yaml, service: orders }\n`);
  return {
    manifest: manifest.replace(/^sagas:\n( .*\n)*/m, `sagas:\n${entries.join("")}`),
    files: Object.fromEntries(
      names.map((name) => [`sagas/${name}.saga.yaml`, payment.replace("saga: payment\n", `saga: ${name}\n`)]),
    ),
  };
}
