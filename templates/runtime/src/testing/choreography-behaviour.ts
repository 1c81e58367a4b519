import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { choreographyConsumerName } from "../saga/choreography/consume.ts";
import { sagaId } from "../saga/definition.ts";
import type { ChoreographedStep, ServiceDefinition } from "../service/definition.ts";
import { caughtUp } from "./caught-up.ts";
import { eventually } from "./eventually.ts";
import type { Samples } from "./samples.ts";
import type { TestService } from "./test-service.ts";

/**
 * What a service promises to choreographies (R5): a step is done once, whoever says again what starts it; one whose
 * compensation came first is never done.
 */
export function choreographyBehaviour(
  { definition, samples }: { readonly definition: ServiceDefinition; readonly samples: Samples },
  running: () => TestService,
): void {
  const { name, choreographed = [] } = definition;
  const forwards = choreographed.filter(({ direction }) => direction === "forward");

  for (const step of forwards) {
    const { saga, on, command } = step;

    it(`${on}: said twice, starts ${step.step} of the saga ${saga} once`, async (test) => {
      const key = randomUUID();
      await starts(step, key);
      const failed = new RegExp(`\\.${command} must lead to .*led to nothing$`);
      const outcome = await eventually(async () => eventsOf(step, key)[0] ?? (await letter(failed)), {
        what: `what ${command} has led to`,
      });
      if (outcome === true)
        return test.skip(`${command} leads to nothing by itself: write a test that gives it its state`);
      await starts(step, key);
      await caughtUp(running().broker, choreographyConsumerName(name), step.topic);
      assert.equal(eventsOf(step, key).length, 1);
    });

    const undoing = choreographed.find((other) => other.direction === "compensation" && isOfTheSame(other, step));
    if (undoing === undefined) continue;

    it(`${undoing.on}: before ${on}, keeps ${step.step} of the saga ${saga} from being done later`, async () => {
      const key = randomUUID();
      await starts(undoing, key);
      await caughtUp(running().broker, choreographyConsumerName(name), undoing.topic);
      await starts(step, key);
      await caughtUp(running().broker, choreographyConsumerName(name), step.topic);
      assert.deepEqual([...eventsOf(step, key), ...eventsOf(undoing, key)], []);
    });
  }

  /** The event at which a step starts, with the saga's key and whatever the command takes from it. */
  async function starts({ on, key: path, input, command }: ChoreographedStep, key: string): Promise<void> {
    const data = {};
    for (const [field, value] of Object.entries(input))
      if ("path" in value && "at" in value.path) put(data, value.path.at, Reflect.get(samples[command] ?? {}, field));
    put(data, path.split("."), key);
    await running().receive(on, data, key);
  }

  function eventsOf({ saga, step, direction }: ChoreographedStep, key: string) {
    const id = sagaId(saga, key);
    return running().published.filter(
      ({ sagaid, sagastep, sagadirection }) => sagaid === id && sagastep === step && sagadirection === direction,
    );
  }

  /** Whether something has gone to the dead letters with such an error. */
  async function letter(error: RegExp): Promise<true | undefined> {
    const { adminUrl, adminToken } = running();
    const answer = await fetch(`${adminUrl}/dead-letters`, { headers: { authorization: `Bearer ${adminToken}` } });
    const { items } = (await answer.json()) as { readonly items: readonly { readonly error?: string }[] };
    return items.some((item) => error.test(item.error ?? "")) ? true : undefined;
  }
}

function isOfTheSame(one: ChoreographedStep, other: ChoreographedStep): boolean {
  return one.saga === other.saga && one.step === other.step;
}

function put(data: object, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) Reflect.set(data, name, value);
  else {
    const within = Reflect.get(data, name) ?? {};
    Reflect.set(data, name, within);
    put(within, rest, value);
  }
}
