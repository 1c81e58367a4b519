import type { SagaChangeRequest, SagaDetail } from "../../templates/runtime/src/service/admin-saga-api.ts";

/** Of the admin interfaces of the services that are killed. */
export const adminToken = "operator-of-crashes";

/**
 * An operator's look at a saga: where it is stuck, in one of `stages`, they retry it. No answer, or one that the saga has
 * moved on: nothing, they will look again.
 *
 * @param admin address of the host's admin interface
 * @param stages as `capture-payment compensation`
 */
export async function retryStuck(admin: string, sagaId: string, stages: readonly string[]): Promise<void> {
  const path = `${admin}/sagas/${encodeURIComponent(sagaId)}`;
  const headers = { authorization: `Bearer ${adminToken}`, "content-type": "application/json" };
  const seen = await fetch(path, { headers }).catch(() => undefined);
  if (seen?.status !== 200) return;
  const saga = (await seen.json().catch(() => undefined)) as SagaDetail | undefined;
  const at = saga?.at.find(({ stuck, step, direction }) => stuck && stages.includes(`${step} ${direction}`));
  if (saga === undefined || at === undefined) return;
  const { step, direction } = at;
  const asked: SagaChangeRequest = { step, direction, revision: saga.revision, reason: "it may be possible now" };
  await fetch(`${path}/retry`, { method: "POST", headers, body: JSON.stringify(asked) }).catch(() => undefined);
}
