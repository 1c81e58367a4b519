import type { Database } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import type { SagaStep } from "../saga/definition.ts";
import type { HostedSaga } from "../service/definition.ts";
import type { FaultedService } from "./services.ts";

/** How the sagas of all hosts stand, and whether what their participants have done agrees with it. */
export interface SagaTally {
  readonly completed: number;
  readonly compensated: number;
  readonly inFlight: number;
  readonly stuck: number;
  /** Triggers on a topic without a saga. */
  readonly notBegun: number;
  /** Ended otherwise than the participants' rows say: confirmed and undone, or a step done and not undone. */
  readonly inconsistent: number;
  /** Outcomes of one step and direction of one saga that two events tell of. */
  readonly appliedTwice: number;
}

interface SagaRow extends Record<string, unknown> {
  readonly id: string;
  readonly key: string;
  readonly status: string;
  readonly stuck: boolean;
  readonly correlationid: string;
}

interface Done extends Record<string, unknown> {
  readonly sagaId: string;
  readonly step: string;
  readonly forward: string | null;
  readonly compensation: string | null;
  readonly noop: boolean;
}

export async function tallySagas(
  services: readonly FaultedService[],
  of: (service: string) => Database,
  events: readonly Message[],
): Promise<SagaTally> {
  const done = new Map<string, Done>();
  for (const { definition } of services) {
    for (const row of await participation(of(definition.name))) done.set(`${row.sagaId}/${row.step}`, row);
  }
  const tally = {
    completed: 0,
    compensated: 0,
    inFlight: 0,
    stuck: 0,
    notBegun: 0,
    inconsistent: 0,
    appliedTwice: 0,
  };
  for (const { definition: host } of services) {
    for (const hosted of host.sagas ?? []) {
      const sagas = await sagasOf(of(host.name), hosted.definition.saga);
      const keys = new Set(sagas.map(({ key }) => key));
      const triggers = events.filter(({ type }) => type === hosted.definition.trigger);
      tally.notBegun += triggers.filter(({ data }) => !keys.has(keyIn(data, hosted))).length;
      tally.appliedTwice += toldTwice(hosted, sagas, events);
      for (const saga of sagas) {
        if (saga.stuck) tally.stuck += 1;
        else if (saga.status === "completed") tally.completed += 1;
        else if (saga.status === "compensated") tally.compensated += 1;
        else tally.inFlight += 1;
        if (!agrees(hosted, saga, (step) => done.get(`${saga.id}/${step}`))) tally.inconsistent += 1;
      }
    }
  }
  return tally;
}

/** Completed: every step done, none undone. Compensated: whatever was done and can be undone is. */
function agrees({ definition }: HostedSaga, { status }: SagaRow, done: (step: string) => Done | undefined): boolean {
  if (status !== "completed" && status !== "compensated") return true;
  const isUndone = (row: Done | undefined) => row?.compensation === "success" && !row.noop;
  return definition.groups.flat().every((step: SagaStep) => {
    const row = done(step.id);
    const isDone = row?.forward === "success";
    // A step of a choreography need not be reached.
    if (status === "completed") return !isUndone(row) && (isDone || definition.style === "choreography");
    return !isDone || step.compensation === undefined || isUndone(row);
  });
}

/** Events of a saga share its correlation id; where one type tells of one stage only, it comes once. */
function toldTwice({ definition }: HostedSaga, sagas: readonly SagaRow[], events: readonly Message[]): number {
  const stages = [
    ...definition.groups.flat().flatMap((step) => [step, ...(step.compensation ? [step.compensation] : [])]),
    ...[definition.completed, definition.compensated].filter((ending) => ending !== undefined),
  ];
  const outcomes = stages.map(({ success }) => success);
  const once = new Set(outcomes.filter((type) => outcomes.indexOf(type) === outcomes.lastIndexOf(type)));
  const correlations = new Set(sagas.map(({ correlationid }) => correlationid));
  const told = events.filter(({ type, correlationid }) => once.has(type) && correlations.has(correlationid));
  return told.length - new Set(told.map(({ type, correlationid }) => `${correlationid} ${type}`)).size;
}

function keyIn(data: unknown, { definition }: HostedSaga): string {
  return String(
    definition.key.reduce<unknown>(
      (value, name) => (typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined),
      data,
    ),
  );
}

async function sagasOf(database: Database, saga: string): Promise<readonly SagaRow[]> {
  const { rows } = await database.query<SagaRow>(
    "SELECT id, key, status, stuck, correlationid FROM public.saga WHERE saga = $1",
    [saga],
  );
  return rows;
}

async function participation(database: Database): Promise<readonly Done[]> {
  const { rows } = await database.query<{ there: boolean }>(
    "SELECT to_regclass('public.saga_participant') IS NOT NULL AS there",
  );
  if (rows[0]?.there !== true) return [];
  return (
    await database.query<Done>(
      `SELECT saga_id AS "sagaId", step, forward_outcome AS forward, compensation_outcome AS compensation,
              coalesce((compensation_reply->>'noop')::boolean, false) AS noop
       FROM public.saga_participant`,
    )
  ).rows;
}
