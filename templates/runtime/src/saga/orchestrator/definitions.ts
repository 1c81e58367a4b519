import type { Database, Transaction } from "../../database/database.ts";
import { ConfigError } from "../../service/config.ts";
import type { SagaDefinition } from "../definition.ts";
import { definitionHash } from "../hash.ts";

/** The definitions that instances may have: those of this start, and all that are stored (R10). */
export interface Definitions {
  /** Stores those of this start, before the first saga begins. See `storeDefinitions`. */
  store(database: Database): Promise<void>;
  /** What a new instance begins with; undefined where this service does not host the saga. */
  current(saga: string): { readonly definition: SagaDefinition; readonly hash: string } | undefined;
  /**
   * What instances began with, by hash. Reads those that it does not know yet: a newer process of the service may have
   * stored them.
   */
  byHash(tx: Pick<Transaction, "query">, hashes: Iterable<string>): Promise<ReadonlyMap<string, SagaDefinition>>;
}

export function createDefinitions(hosted: readonly SagaDefinition[]): Definitions {
  const currents = new Map(
    hosted.map((definition) => [definition.saga, { definition, hash: definitionHash(definition) }]),
  );
  const known = new Map([...currents.values()].map(({ definition, hash }) => [hash, definition]));
  return {
    store: (database) => database.transaction((tx) => storeDefinitions(tx, [...currents.values()])),
    current: (saga) => currents.get(saga),
    async byHash(tx, hashes) {
      const missing = [...new Set(hashes)].filter((hash) => !known.has(hash));
      if (missing.length > 0) {
        const { rows } = await tx.query<{ hash: string; definition: SagaDefinition }>(
          "SELECT hash, definition FROM public.saga_definition WHERE hash = ANY ($1::text[])",
          [missing],
        );
        for (const { hash, definition } of rows) known.set(hash, definition);
      }
      return known;
    },
  };
}

/**
 * For a service that hosts no saga: it may have hosted one.
 * @throws ConfigError when that would strand instances in flight
 */
export async function refuseToStrand(database: Database): Promise<void> {
  const { rows } = await database.query<{ hosted: boolean }>(
    "SELECT to_regclass('public.saga_definition') IS NOT NULL AS hosted",
  );
  if (rows[0]?.hosted === true) await createDefinitions([]).store(database);
}

/**
 * Stored ones stay: they are few, and a process that is being replaced may still begin sagas with them.
 * @throws ConfigError for an edit that would strand instances in flight
 */
async function storeDefinitions(
  tx: Transaction,
  currents: readonly { readonly definition: SagaDefinition; readonly hash: string }[],
): Promise<void> {
  // Two processes that start with different files see each other's.
  await tx.query("LOCK TABLE public.saga_definition IN SHARE ROW EXCLUSIVE MODE");
  const { rows: inFlight } = await tx.query<InFlight>(IN_FLIGHT);
  for (const instances of inFlight) {
    const current = currents.find(({ definition }) => definition.saga === instances.saga);
    const fault = current === undefined ? orphaned(instances) : changedUnderway(instances, current);
    if (fault !== undefined) throw new ConfigError(fault);
  }
  for (const { definition, hash } of currents) {
    await tx.query(
      `INSERT INTO public.saga_definition (saga, hash, version, definition) VALUES ($1, $2, $3, $4::jsonb)
       ON CONFLICT DO NOTHING`,
      [definition.saga, hash, definition.version, JSON.stringify(definition)],
    );
  }
}

type InFlight = {
  readonly saga: string;
  readonly hash: string;
  readonly version: number;
  readonly count: number;
};

/** Two arms, each with an index of its own: those that have ended may be millions. A stuck saga has never ended. */
const IN_FLIGHT = `
  SELECT d.saga, d.hash, d.version, count(*)::integer AS count
  FROM (
    SELECT saga, definition_hash FROM public.saga WHERE ended_at IS NULL AND NOT stuck
    UNION ALL
    SELECT saga, definition_hash FROM public.saga WHERE stuck
  ) AS s
  JOIN public.saga_definition d ON d.saga = s.saga AND d.hash = s.definition_hash
  GROUP BY d.saga, d.hash, d.version
  ORDER BY d.saga, d.version`;

function orphaned({ saga, count }: InFlight): string {
  return (
    `${count} ${count === 1 ? "saga" : "sagas"} of ${saga} have not ended, and this service does not host ${saga} any more: ` +
    `nobody would read their replies.\nLet it host ${saga} again, as eda.yaml and sagas/${saga}.saga.yaml had it, until they have ended (eda sagas).`
  );
}

function changedUnderway(
  { saga, hash, version, count }: InFlight,
  current: { readonly definition: SagaDefinition; readonly hash: string },
): string | undefined {
  if (current.hash === hash || current.definition.version !== version) return undefined;
  return (
    `sagas/${saga}.saga.yaml has changed, says version ${version} still, and ${count} ${count === 1 ? "saga" : "sagas"} ` +
    `of that version have not ended.\nRaise \`version\` to ${version + 1}: they go on as they began, new ones begin with the new file.`
  );
}
