import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { encodeRecord, newEnvelope } from "../message/codec.ts";
import type { NamedCommand, NamedEvent, ServiceDefinition, ServiceImplementation } from "../service/definition.ts";
import { caughtUp } from "./caught-up.ts";
import { choreographyBehaviour } from "./choreography-behaviour.ts";
import { commandBehaviour } from "./command-behaviour.ts";
import { eventually } from "./eventually.ts";
import { fresh, type Samples } from "./samples.ts";
import { startTestService, type TestService } from "./test-service.ts";

export interface ServiceUnderTest<State, Command extends NamedCommand, Event extends NamedEvent> {
  readonly definition: ServiceDefinition;
  readonly implementation: ServiceImplementation<State, Command, Event>;
  /** Valid data for each command, and for each event that the service subscribes to. */
  readonly samples: Samples;
  readonly subscriptionSamples: Samples;
  /** Folder of the service's `.sql` files. */
  readonly migrations: URL;
}

/**
 * What every service of a repository promises, whatever it decides: on a real PostgreSQL and a real broker, commands
 * are answered and what they lead to is published; the same request twice does its work once; bad data changes
 * nothing; an event that comes again has no effect again; what sagas ask of it is done once and can be undone.
 */
export function testServiceBehaviour<State, Command extends NamedCommand, Event extends NamedEvent>(
  under: ServiceUnderTest<State, Command, Event>,
): void {
  const { definition, samples, subscriptionSamples } = under;
  describe(definition.name, () => {
    let service: TestService;

    before(async () => {
      service = await startTestService(definition, under.implementation, { migrations: under.migrations });
    });
    // It is not there when it could not start, and that is the error to see.
    after(() => service?.stop());

    for (const [name, { http }] of Object.entries(definition.commands)) {
      if (!http) continue;
      const post = (data: unknown, headers: Record<string, string> = {}) => service.command(name, data, headers);

      it(`${name}: is answered, and what it leads to is published in order`, async () => {
        const correlationid = randomUUID();
        const answer = await post(fresh(samples[name], definition.key), { "x-correlation-id": correlationid });
        const { events } = (await answer.json()) as Answer;
        assert.ok(answer.status === 200 || answer.status === 409, `answered ${answer.status}`);
        const seen = () => service.published.filter((message) => message.correlationid === correlationid);
        await eventually(() => seen().length >= events.length, { what: `${events.length} published events` });
        assert.deepEqual(
          seen().map(({ type, data }) => ({ type, data })),
          events.map(({ type, data }) => ({ type: `${definition.name}.${type}`, data })),
        );
      });

      it(`${name}: twice with one Idempotency-Key, is done once`, async () => {
        const data = fresh(samples[name], definition.key);
        const headers = { "idempotency-key": randomUUID() };
        const first = await post(data, headers);
        const second = await post(data, headers);
        assert.equal(second.headers.get("idempotent-replayed"), "true");
        assert.deepEqual([second.status, await second.json()], [first.status, await first.json()]);
      });

      it(`${name}: with data that breaks the contract, is refused`, async () => {
        for (const data of [null, [], { ...samples[name], "not a field": 1 }]) {
          const answer = await post(data);
          assert.equal(answer.status, 400, JSON.stringify(data));
          assert.equal(answer.headers.get("content-type"), "application/problem+json");
        }
      });
    }

    if (definition.commandsTopic !== undefined) commandBehaviour(under, () => service);
    choreographyBehaviour(under, () => service);

    for (const { topic, type } of definition.subscriptions) {
      it(`${type}: coming three times, has its effect once`, async () => {
        const data = subscriptionSamples[type] ?? {};
        const envelope = newEnvelope({ type, source: "/test", subject: "sample" });
        const record = encodeRecord(envelope, topic, "sample", data);
        const caused = () => service.published.filter((message) => message.causationid === envelope.id);
        const before = await inbox(service);
        await service.broker.publish([record]);
        await caughtUp(service.broker, definition.name, topic);
        await service.broker.publish([record, record]);
        await caughtUp(service.broker, definition.name, topic);
        // What the first one caused has left by now or leaves with this: one aggregate's events keep their order.
        const types = caused().map((message) => `${message.type} ${message.subject} ${message.aggregateversion}`);
        assert.equal(new Set(types).size, types.length);
        const now = await inbox(service);
        assert.equal(now.deadLettered, before.deadLettered, "its reaction failed, and the message is a dead letter");
        const [handled, duplicates] = [now.handled - before.handled, now.duplicates - before.duplicates];
        assert.ok(handled >= 1 && duplicates >= 2, `handled ${handled}, duplicates ${duplicates}`);
      });
    }
  });
}

interface Answer {
  readonly events: readonly { readonly type: string; readonly data: unknown }[];
}

/** What the service has counted so far. */
async function inbox(service: TestService) {
  const text = await (await fetch(`${service.adminUrl}/metrics`)).text();
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\d+)`, "gm"))].reduce((all, [, n]) => all + Number(n), 0);
  return {
    handled: sum("eda_handler_seconds_count"),
    duplicates: sum("eda_inbox_duplicates_total"),
    deadLettered: sum("eda_dead_lettered_total"),
  };
}
