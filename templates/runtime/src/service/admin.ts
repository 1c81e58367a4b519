import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { type DeadLetterVerbs, deadLetterRoutes } from "./admin-dead-letters.ts";
import { type JournalVerbs, journalRoutes } from "./admin-journal.ts";
import { type OutboxVerbs, outboxRoutes } from "./admin-outbox.ts";
import { type SagaVerbs, sagaRoutes } from "./admin-sagas.ts";
import { refuseInvalid } from "./admin-validation.ts";
import { type AppOptions, createApp } from "./app.ts";
import { bearerToken } from "./auth.ts";
import { type Health, healthRoutes } from "./health.ts";
import { Problem } from "./problem.ts";

/** What the admin endpoint does, apart from how it is asked. */
export interface AdminVerbs {
  readonly deadLetters: DeadLetterVerbs;
  readonly outbox: OutboxVerbs;
  readonly sagas: SagaVerbs;
  readonly journal: JournalVerbs;
}

export interface AdminAppOptions extends AppOptions {
  readonly health: Health;
  readonly token: string | undefined;
  readonly verbs: AdminVerbs;
}

/** The interface for operators: health and `/metrics` open, the verbs of admin-api.ts and admin-saga-api.ts behind the token. */
export async function createAdminApp(options: AdminAppOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  healthRoutes(app, options.health);
  const { registry } = options.metrics;
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  await app.register(async (guarded) => {
    requireToken(guarded, options.token);
    refuseInvalid(guarded);
    deadLetterRoutes(guarded, options.verbs.deadLetters);
    outboxRoutes(guarded, options.verbs.outbox);
    sagaRoutes(guarded, options.verbs.sagas);
    journalRoutes(guarded, options.verbs.journal);
  });
  return app;
}

function requireToken(app: FastifyInstance, token: string | undefined): void {
  app.addHook("onRequest", async (request) => {
    if (token === undefined)
      throw new Problem(403, "this service was started without ADMIN_TOKEN: set it to use the admin verbs");
    // Digests have one length, and are compared in constant time: an answer's time tells nothing about the token.
    if (!timingSafeEqual(digest(bearerToken(request)), digest(token)))
      throw new Problem(403, "the token is not this service's ADMIN_TOKEN");
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
