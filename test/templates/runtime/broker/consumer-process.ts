import { createInterface } from "node:readline";
import type { Batch, Broker, SubscribeOptions } from "../../../../templates/runtime/src/broker/broker.ts";

/**
 * A consumer in a process of its own, to be killed and paused by the conformance suite. It says on its output what
 * happens, a JSON line each. When it `holds`, each batch waits for a line `go` on its input, which lets one go on;
 * `close` ends it.
 */
export interface ConsumerArguments {
  /** Module that exports `open(): Promise<Broker>`. */
  readonly module: string;
  readonly subscribe: SubscribeOptions;
  readonly holds: boolean;
}

export type ConsumerLine =
  | { readonly at: "joined" | "aborted" | "closed" }
  | { readonly at: "committed"; readonly values: readonly string[] }
  | { readonly at: "refused"; readonly values: readonly string[]; readonly error: string }
  /** `time` in milliseconds, comparable between processes of one machine. */
  | { readonly at: "handling"; readonly values: readonly string[]; readonly time: number };

async function main(given: ConsumerArguments): Promise<void> {
  const { open } = (await import(given.module)) as { open(): Promise<Broker> };
  const broker = await open();
  const decoder = new TextDecoder();
  const held: (() => void)[] = [];

  const subscription = await broker.subscribe(given.subscribe, async (batch: Batch) => {
    const values = batch.records.map((record) => decoder.decode(record.value));
    batch.signal.addEventListener("abort", () => say({ at: "aborted" }));
    say({ at: "handling", values, time: performance.timeOrigin + performance.now() });
    if (given.holds) await new Promise<void>((goOn) => held.push(goOn));
    try {
      await batch.commit(batch.records.at(-1)!.offset + 1n);
      say({ at: "committed", values });
    } catch (error) {
      say({ at: "refused", values, error: (error as Error).name });
      throw error;
    }
  });
  say({ at: "joined" });

  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "go") held.shift()?.();
    if (line === "close") break;
  }
  await subscription.close();
  await broker.close();
  say({ at: "closed" });
}

function say(line: ConsumerLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (process.argv[1] === import.meta.filename) void main(JSON.parse(process.argv[2] ?? ""));
