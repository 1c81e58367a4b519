import { nameOf } from "../saga/course.ts";
import type { Stage } from "../saga/transition.ts";
import type { SagaDetail, SagaPage } from "../service/admin-saga-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { Refused } from "./errors.ts";
import type { Result } from "./result.ts";
import { findSagaHosts, hostOf } from "./saga-hosts.ts";
import type { SagaLine } from "./saga-line.ts";
import { bulkText, changedText, sagaDetail, sagaList } from "./saga-text.ts";
import { counted } from "./screen.ts";

/** Runs one command about sagas against whichever of the services hosts them. */
export async function runSagas(clients: readonly AdminClient[], line: SagaLine): Promise<Result> {
  switch (line.does) {
    case "list":
      return list(clients, line);
    case "show": {
      const saga = await (await hostOf(sagaOf(line.id), clients)).showSaga(line.id);
      return { value: saga, text: () => sagaDetail(saga) };
    }
    case "change": {
      const client = await hostOf(sagaOf(line.id), clients);
      const { id, verb, reason, data } = line;
      const seen = await client.showSaga(id);
      const { step, direction } = chosenStage(seen, line);
      const revision = line.revision ?? seen.revision;
      const request = { step, direction, revision, reason, ...(data === undefined ? {} : { data }) };
      const changed = await client.changeSaga(id, verb, request);
      return { value: changed, text: (width) => changedText(verb, { step, direction }, changed, width) };
    }
    case "change all":
      return changeAll(clients, line);
  }
}

type Line<Does> = Extract<SagaLine, { readonly does: Does }>;

async function list(clients: readonly AdminClient[], { filter, page }: Line<"list">): Promise<Result> {
  const saga = filter.saga ?? (page.after === undefined ? undefined : sagaOf(page.after));
  const { hosts, unreached } =
    saga === undefined || clients.length === 1
      ? await findSagaHosts(clients)
      : { hosts: [{ client: await hostOf(saga, clients) }], unreached: [] };
  if (hosts.length === 0) {
    if (unreached[0] !== undefined) throw unreached[0];
    throw new Refused(
      clients.length === 1 ? `${clients[0]?.service} hosts no saga` : "no service that runs here hosts a saga",
    );
  }
  const services: ({ readonly service: string } & SagaPage)[] = [];
  for (const { client } of hosts) services.push({ service: client.service, ...(await client.listSagas(filter, page)) });
  return {
    value: { services },
    text: (width) => services.map((one) => sagaList(one.service, one, services.length > 1, width, filter)).join("\n\n"),
    warnings: unreached.map(({ message }) => message),
  };
}

/**
 * Counts first, as with dead letters. Without a direction it is the only one in which any is stuck.
 *
 * @throws Refused when the count is not confirmed, or both directions fit
 */
async function changeAll(clients: readonly AdminClient[], line: Line<"change all">): Promise<Result> {
  const { verb, step, filter, reason, data } = line;
  const client = await bulkHost(clients, filter.saga);
  const directions = line.direction === undefined ? (["forward", "compensation"] as const) : [line.direction];
  const counts = await Promise.all(
    directions.map(async (direction) => {
      const page = await client.listSagas({ ...filter, stuck: true, step, direction }, { limit: "1" });
      return { direction, total: page.total };
    }),
  );
  const fitting = counts.filter(({ total }) => total > 0);
  if (fitting.length > 1) {
    const each = fitting.map(({ direction, total }) => `${total} in its --direction ${direction}`);
    throw new Refused(`sagas of ${client.service} are stuck in ${step}, ${each.join(", ")}: say which`);
  }
  const { direction, total } = fitting[0] ?? { direction: directions[0] ?? "forward", total: 0 };
  if (total === 0 && !line.count) {
    const none = `no saga of ${client.service} is stuck in ${line.direction === undefined ? step : nameOf({ step, direction })}`;
    return { value: { count: 0, refused: [], left: 0 }, text: () => `${none}: nothing was done` };
  }
  const found = `${counted(total, "saga")} of ${client.service} ${total === 1 ? "is" : "are"} stuck in ${nameOf({ step, direction })}`;
  if (line.count !== undefined && line.count !== total)
    throw new Refused(`${found}, not ${line.count}: nothing was done`);
  if (!line.yes) {
    const them = total === 1 ? "it" : "them";
    throw new Refused(`${found}: nothing was done. To ${verb} ${them}, add --yes --count ${total}`);
  }
  const request = { step, direction, filter, expectedCount: total, reason, ...(data === undefined ? {} : { data }) };
  const answer = await client.changeSagas(verb, request);
  return {
    value: answer,
    text: () => bulkText(verb, { step, direction }, answer),
    warnings: answer.refused.map(({ id, detail }) => `${id}: ${detail}`),
  };
}

async function bulkHost(clients: readonly AdminClient[], saga: string | undefined): Promise<AdminClient> {
  const [only] = clients;
  if (only !== undefined && clients.length === 1) return only;
  if (saga !== undefined) return hostOf(saga, clients);
  const { hosts, unreached } = await findSagaHosts(clients);
  if (unreached[0] !== undefined) throw unreached[0];
  const [host] = hosts;
  if (host === undefined) throw new Refused("no service that runs here hosts a saga");
  if (hosts.length === 1) return host.client;
  const names = hosts.map(({ client }) => client.service).join(", ");
  throw new Refused(`several services host sagas; say which with --saga or --service: ${names}`);
}

/** @throws Refused unless exactly one stuck stage fits, or step and direction name one */
function chosenStage(saga: SagaDetail, asked: Partial<Stage>): Stage {
  const { step, direction } = asked;
  if (saga.endedAt !== undefined) throw new Refused(`${saga.id} has ended, ${saga.status}: nothing was done`);
  const stuck = saga.view.stuck.filter(
    (stage) =>
      (step === undefined || stage.step === step) && (direction === undefined || stage.direction === direction),
  );
  const [only] = stuck;
  if (only !== undefined && stuck.length === 1) return only;
  // Not every verb wants a stuck one: the service judges what was named.
  if (step !== undefined && direction !== undefined) return { step, direction };
  if (step !== undefined && stuck.length === 0) return { step, direction: openDirection(saga, step) };
  const all = saga.view.stuck.map((stage) => `--step ${stage.step} --direction ${stage.direction}`);
  throw new Refused(
    all.length === 0
      ? `${saga.id} is ${saga.status} and not stuck; to skip a step that it waits for, name it with --step`
      : `${saga.id}: say which of those that are stuck: ${all.join(", or ")}`,
  );
}

function openDirection({ view }: SagaDetail, step: string): Stage["direction"] {
  return view.running.find((stage) => stage.step === step)?.direction ?? "forward";
}

/** `payment:4711` is one of the saga `payment`, whose name has no colon. */
function sagaOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(":")));
}
