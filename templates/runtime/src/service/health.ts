import type { FastifyInstance } from "fastify";

/** Whether the process works (live) and whether it should be given work (ready). */
export interface Health {
  /** Ready while it resolves, in time. */
  addCheck(name: string, check: () => Promise<void>): void;
  setPhase(phase: Phase): void;
  readonly phase: Phase;
  /** Every reason for which it is not ready; none: it is. */
  reasons(): Promise<readonly string[]>;
}

export type Phase = "starting" | "running" | "stopping";

/** @param checkMs what a check may take; default 2,000 */
export function createHealth(checkMs = 2_000): Health {
  const checks = new Map<string, () => Promise<void>>();
  let phase: Phase = "starting";
  return {
    addCheck: (name, check) => {
      checks.set(name, check);
    },
    setPhase: (next) => {
      phase = next;
    },
    get phase() {
      return phase;
    },
    async reasons() {
      if (phase !== "running") return [`the service is ${phase}`];
      const results = await Promise.all(
        [...checks].map(([name, check]) =>
          within(checkMs, check()).then(
            () => undefined,
            () => `${name} is not available`,
          ),
        ),
      );
      return results.filter((reason) => reason !== undefined);
    },
  };
}

async function within(limitMs: number, check: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `GET /health/live` and `GET /health/ready`: 200 or 503, with the reasons; open to everyone, so without details. */
export function healthRoutes(app: FastifyInstance, health: Health): void {
  app.get("/health/live", { schema: { hide: true } }, async () => ({ status: "live" }));
  app.get("/health/ready", { schema: { hide: true } }, async (_request, reply) => {
    const reasons = await health.reasons();
    if (reasons.length === 0) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", reasons });
  });
}
