import type { AdminClient } from "./admin-client.ts";
import { Refused } from "./errors.ts";

/** Services that host sagas, and why others could not be asked. */
export interface SagaHosts {
  readonly hosts: readonly Hosting[];
  readonly unreached: readonly Refused[];
}

/** Asks each service which sagas it hosts. One that does not answer keeps nobody from looking at the others. */
export async function findSagaHosts(clients: readonly AdminClient[]): Promise<SagaHosts> {
  return settled(clients.map(whatItHosts));
}

interface Hosting {
  readonly client: AdminClient;
  readonly sagas: readonly string[];
}

async function whatItHosts(client: AdminClient): Promise<Hosting> {
  return { client, sagas: (await client.listSagas({}, { limit: "1" })).hosts };
}

async function settled(questions: readonly Promise<Hosting>[]): Promise<SagaHosts> {
  const asked = await Promise.allSettled(questions);
  const unreached = asked.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  for (const error of unreached) if (!(error instanceof Refused)) throw error;
  return {
    hosts: asked.flatMap((one) => (one.status === "fulfilled" && one.value.sagas.length > 0 ? [one.value] : [])),
    unreached: unreached as Refused[],
  };
}

/**
 * The service that hosts a saga, by the saga's name.
 *
 * @throws Refused when none of `clients` does
 */
export async function hostOf(saga: string, clients: readonly AdminClient[]): Promise<AdminClient> {
  const [only, ...others] = clients;
  if (only !== undefined && others.length === 0) return only;
  // The host's answer is enough: whoever else is down or paused is not waited for.
  const questions = clients.map(whatItHosts);
  const host = await Promise.any(
    questions.map(async (question) => {
      const { client, sagas } = await question;
      return sagas.includes(saga) ? client : Promise.reject(new Refused(`${client.service} does not host ${saga}`));
    }),
  ).catch(() => undefined);
  if (host !== undefined) return host;
  const { hosts, unreached } = await settled(questions);
  if (unreached[0] !== undefined) throw unreached[0];
  const known = hosts.flatMap(({ client, sagas }) => sagas.map((name) => `${name} (${client.service})`));
  throw new Refused(
    known.length === 0
      ? "no service that runs here hosts a saga"
      : `no service that runs here hosts a saga ${saga}; there are: ${known.join(", ")}`,
  );
}
