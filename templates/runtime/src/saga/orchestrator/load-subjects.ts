import type { Transaction } from "../../database/database.ts";
import type { SagaState } from "../transition.ts";
import type { Definitions } from "./definitions.ts";
import { sagaQuery } from "./queries.ts";
import type { Subject } from "./subject.ts";

const LOAD = sagaQuery("load");

type Row = {
  readonly id: string;
  readonly saga: string;
  readonly definitionHash: string;
  readonly revision: bigint;
  readonly state: SagaState;
  readonly fingerprint: string;
  readonly correlationid: string;
  readonly traceparent: string | null;
  readonly startedAt: Date;
};

/** Sagas as they stand, by id, each with the definition that it began with (R10). Those that are not there are left out. */
export async function loadSubjects(
  tx: Transaction,
  ids: readonly string[],
  definitions: Pick<Definitions, "byHash">,
): Promise<Map<string, Subject>> {
  const { rows } = await tx.query<Row>(LOAD, [[...new Set(ids)]]);
  const known = await definitions.byHash(
    tx,
    rows.map(({ definitionHash }) => definitionHash),
  );
  return new Map(
    rows.map(({ definitionHash: hash, revision, traceparent, ...row }) => {
      const definition = known.get(hash);
      if (definition === undefined) throw new Error(`${row.id}: its definition ${hash} is not stored`);
      return [
        row.id,
        { ...row, definition, hash, seen: revision, revision, traceparent: traceparent ?? undefined },
      ] as const;
    }),
  );
}
