import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { kebabCase } from "../service/routes.ts";
import type { FaultedService } from "./services.ts";

/** A request that was answered with success. */
export interface Accepted {
  readonly service: string;
  readonly command: string;
  /** What its aggregate's version was after it: `orders/Order/<id>@<version>`. */
  readonly token: string;
  readonly correlationId: string;
}

export interface Load {
  readonly accepted: readonly Accepted[];
  /** Sends commands from several clients until `over` is aborted, each again and again until it is answered. */
  run(over: AbortSignal): Promise<void>;
}

const CLIENTS = 4;
/** Between two requests of one client. */
const PAUSE_MS = 20;
const ANSWER_MS = 5_000;

/**
 * Each HTTP command of each service in turn, with its sample for data and an aggregate of its own. Every other time some
 * of the numbers are large, for what a business may say no to: too dear, too many.
 */
export function createLoad(services: readonly FaultedService[], urlOf: (service: string) => string): Load {
  const commands = services.flatMap(({ definition, samples }) =>
    Object.entries(definition.commands)
      .filter(([, { http }]) => http)
      .map(([command]) => ({ definition, command, sample: samples[command] ?? {} })),
  );
  const accepted: Accepted[] = [];
  let next = 0;

  async function client(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const turn = next++;
      const { definition, command, sample } = commands[turn % commands.length]!;
      const data = withNewKey(varied(sample, Math.floor(turn / commands.length)), definition.key);
      const correlationId = randomUUID();
      const token = await send(definition.name, command, data, correlationId, over);
      if (token !== undefined) accepted.push({ service: definition.name, command, token, correlationId });
      await delay(PAUSE_MS);
    }
  }

  /** With one Idempotency-Key for all its tries, so that it may be sent again; undefined when it is refused. */
  async function send(service: string, command: string, data: object, id: string, over: AbortSignal) {
    for (;;) {
      const answer = await fetch(`${urlOf(service)}/commands/${kebabCase(command)}`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": id, "x-correlation-id": id },
        body: JSON.stringify(data),
        signal: AbortSignal.timeout(ANSWER_MS),
      }).catch(() => undefined);
      const body = (await answer?.json().catch(() => undefined)) as { token?: string } | undefined;
      if (answer?.ok && body !== undefined) return body.token;
      // Nobody was told that it has worked: it may or may not have, and is not counted.
      if (over.aborted || (answer !== undefined && answer.status < 500)) return undefined;
      await delay(100);
    }
  }

  return {
    accepted,
    run: async (over) => {
      if (commands.length > 0) await Promise.all(Array.from({ length: CLIENTS }, () => client(over)));
    },
  };
}

const LARGE = 1_000_000;

/** The sample as it is, then with large amounts of money, then as it is, then with other large numbers. */
function varied(sample: object, turn: number): object {
  if (turn % 2 === 0) return sample;
  const isMoney = turn % 4 === 1;
  const enlarge = (value: unknown, inMoney: boolean): unknown => {
    if (typeof value === "number") return Number.isInteger(value) && inMoney === isMoney ? value * LARGE : value;
    if (Array.isArray(value)) return value.map((item) => enlarge(item, inMoney));
    if (typeof value !== "object" || value === null) return value;
    const below = "amount" in value && "currency" in value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, enlarge(inner, below)]));
  };
  return enlarge(sample, false) as object;
}

let number = 0;

function withNewKey(sample: object, key: string): object {
  const value: unknown = Reflect.get(sample, key);
  return { ...sample, [key]: typeof value === "number" ? Date.now() * 1_000 + (number++ % 1_000) : randomUUID() };
}
