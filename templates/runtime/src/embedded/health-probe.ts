import { adminRoutes } from "../service/admin-api.ts";
import type { RunningService } from "./running-file.ts";

/** A service that does not answer within this time is not well. */
const ANSWER_MS = 2_000;

/**
 * Whether the service of this run is ready. That something answers at its port is not enough: for a moment it can be
 * another repository's service, which was there first.
 */
export async function isReady({ url, adminUrl }: RunningService, token: string): Promise<boolean> {
  return (await statusOf(`${url}/health/ready`)) === 200 && (await takesToken(adminUrl, token));
}

/** Whether the admin interface at that address knows the token: only a service that was started with it does. */
export async function takesToken(adminUrl: string, token: string): Promise<boolean> {
  const status = await statusOf(new URL(adminRoutes.showOutbox.path, adminUrl), { authorization: `Bearer ${token}` });
  return status === 200;
}

async function statusOf(
  url: string | URL,
  headers: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return undefined;
  }
}
