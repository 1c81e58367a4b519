import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it, type TestContext } from "node:test";
import type { Message } from "../message/message.ts";
import { adminRoutes, type DeadLetterPage } from "../service/admin-api.ts";
import type { ServiceDefinition } from "../service/definition.ts";
import { eventually } from "./eventually.ts";
import { fresh, type Samples } from "./samples.ts";
import type { TestService } from "./test-service.ts";

/**
 * What a service promises to sagas (R5): a command is done once and answered each time; a compensation that comes first
 * has nothing to undo, and its forward is never done after it.
 */
export function commandBehaviour(
  { definition, samples }: { readonly definition: ServiceDefinition; readonly samples: Samples },
  running: () => TestService,
): void {
  const { key, commands } = definition;

  for (const [name, { undoes }] of Object.entries(commands)) {
    if (undoes === undefined)
      it(`${name}: sent twice by a saga, is done once and answered twice`, async (test) => {
        await twiceInSomeState(running(), name, test);
      });
    else {
      it(`${name}: sent twice by a saga, undoes ${undoes} once and is answered twice`, async (test) => {
        const service = running();
        const done = await twiceInSomeState(service, undoes, test);
        if (done === undefined) return;
        const { sagaid, data } = done;
        const stage = { sagaid, sagadirection: "compensation" } as const;
        const undone = await twice(service, name, ofTheSame(data, name), stage);
        assert.ok(undone, `${name} led to nothing, although ${undoes} had been done: the saga would be stuck`);
      });

      it(`${name}: before ${undoes}, has nothing to undo and keeps it from being done later`, async () => {
        const service = running();
        const forward = fresh(samples[undoes], key);
        const sagaid = `test:${randomUUID()}`;
        const undoing = await service.send(name, ofTheSame(forward, name), { sagaid, sagadirection: "compensation" });
        const reply = await eventually(() => replyTo(service, undoing), { what: `the reply to ${name}` });
        assert.deepEqual([reply?.sagaoutcome, reply?.saganoop, reply?.data], ["success", true, {}]);
        const before = await refused(service);
        const late = await service.send(undoes, forward, { sagaid });
        await eventually(async () => (await refused(service)) > before, { what: `the refusal of ${undoes}` });
        assert.deepEqual(
          [...service.published, ...service.replies].filter(({ causationid }) => causationid === late),
          [],
        );
        assert.deepEqual(
          service.published.filter(({ causationid }) => causationid === undoing),
          [],
        );
      });
    }
  }

  /**
   * For an aggregate to which nothing has happened or, where the command then leads to nothing, after each of the other
   * commands. Undefined, and the test skipped: it needs more than that.
   */
  async function twiceInSomeState(service: TestService, name: string, test: TestContext): Promise<Done | undefined> {
    const others = Object.keys(commands).filter((other) => other !== name && commands[other]?.undoes !== name);
    for (const before of [undefined, ...others]) {
      const data = fresh(samples[name], key);
      if (before !== undefined) await answerTo(service, before, await service.send(before, ofTheSame(data, before)));
      const sagaid = `test:${randomUUID()}`;
      if (await twice(service, name, data, { sagaid })) return { sagaid, data };
    }
    test.skip(`${name} leads to nothing after any other command: write a test that gives it the state it needs`);
    return undefined;
  }

  /** A command's sample data, for the aggregate of another's. */
  function ofTheSame(data: object, name: string): object {
    return { ...samples[name], [key]: Reflect.get(data, key) };
  }
}

interface Done {
  readonly sagaid: string;
  readonly data: object;
}

/** False: it led to nothing, as a command does that needs another state to begin with. */
async function twice(
  service: TestService,
  name: string,
  data: object,
  stage: { readonly sagaid: string; readonly sagadirection?: "compensation" },
): Promise<boolean> {
  const first = await service.send(name, data, stage);
  const reply = await answerTo(service, name, first);
  if (typeof reply === "string") {
    assert.match(reply, /, and led to nothing$/, `${name} went to the dead letters`);
    return false;
  }
  const second = await service.send(name, data, { ...stage, sagaattempt: 2 });
  const again = await eventually(() => replyTo(service, second), { what: `the second reply to ${name}` });
  const essence = (message?: Message) => message && [message.type, message.sagaoutcome, message.saground, message.data];
  assert.deepEqual(essence(again), essence(reply));
  const caused = (id: string) => service.published.filter(({ causationid }) => causationid === id);
  const events = await eventually(() => caused(first), {
    until: (seen) => reply.saganoop === true || seen.some(({ type }) => type === reply.type),
    what: `the event of ${name}`,
  });
  assert.equal(events.filter(({ type }) => type === reply.type).length, reply.saganoop === true ? 0 : 1);
  assert.deepEqual(caused(second), []);
  return true;
}

/** The reply to a command, or why it went to the dead letters. */
async function answerTo(service: TestService, name: string, id: string): Promise<Message | string> {
  const answer = await eventually(async () => replyTo(service, id) ?? (await letterOf(service, id)), {
    what: `the reply to ${name}`,
  });
  assert.ok(answer);
  return answer;
}

function replyTo({ replies }: TestService, id: string): Message | undefined {
  return replies.find(({ causationid }) => causationid === id);
}

/** Why a message went to the dead letters. */
async function letterOf(service: TestService, id: string): Promise<string | undefined> {
  const url = new URL(adminRoutes.listDeadLetters.path, service.adminUrl);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${service.adminToken}` } });
  const { items } = (await answer.json()) as DeadLetterPage;
  return items.find(({ messageId }) => messageId === id)?.error ?? undefined;
}

async function refused({ adminUrl }: TestService): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  const counts = text.matchAll(/^eda_saga_commands_refused_total(?:{[^}]*})? (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
