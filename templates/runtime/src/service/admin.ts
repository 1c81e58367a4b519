import { createHash, timingSafeEqual } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { FastifyInstance } from "fastify";
import {
  type Affected,
  adminRoutes,
  type BulkRequest,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterPage,
  type OutboxStatus,
  type Reason,
} from "./admin-api.ts";
import { type AppOptions, createApp } from "./app.ts";
import { bearerToken } from "./auth.ts";
import { type Health, healthRoutes } from "./health.ts";
import { Problem } from "./problem.ts";

/** What the admin endpoint does, apart from how it is asked. Ids are decimals as text. */
export interface AdminVerbs {
  readonly deadLetters: {
    list(filter: DeadLetterFilter, page: { readonly limit: number; readonly after?: string }): Promise<DeadLetterPage>;
    show(id: string): Promise<DeadLetterDetail | undefined>;
    /** False: there is no such letter. Throws a `Problem` when the letter is in no state for it. */
    replay(id: string): Promise<boolean>;
    discard(id: string, reason: string): Promise<boolean>;
    /** All that match, if they are `expectedCount`; resolves to how many match, and does nothing when that differs. */
    replayAll(filter: DeadLetterFilter, expectedCount: number): Promise<number>;
    discardAll(filter: DeadLetterFilter, expectedCount: number, reason: string): Promise<number>;
  };
  readonly outbox: {
    status(): Promise<OutboxStatus>;
    /** False: it is not parked. */
    unpark(aggregateType: string, aggregateId: string): Promise<boolean>;
  };
}

export interface AdminAppOptions extends AppOptions {
  readonly health: Health;
  readonly token: string | undefined;
  readonly verbs: AdminVerbs;
}

/** The interface for operators: health and `/metrics` open, the verbs of admin-api.ts behind the token. */
export async function createAdminApp(options: AdminAppOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  healthRoutes(app, options.health);
  const { registry } = options.metrics;
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  await app.register(async (guarded) => {
    requireToken(guarded, options.token);
    deadLetterRoutes(guarded, options.verbs.deadLetters);
    outboxRoutes(guarded, options.verbs.outbox);
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

const text = { type: "string", minLength: 1, maxLength: 500 };
const filter = {
  type: "object",
  properties: {
    type: text,
    topic: text,
    key: text,
    status: { enum: ["failed", "waiting", "replaying", "replayed", "discarded"] },
  },
  additionalProperties: false,
};
const count = { type: "integer", minimum: 0 };
const reasonBody = { type: "object", properties: { reason: text }, required: ["reason"], additionalProperties: false };
const bulkBody = {
  type: "object",
  properties: { filter, expectedCount: count },
  required: ["filter", "expectedCount"],
  additionalProperties: false,
};
const bulkReasonBody = {
  ...bulkBody,
  properties: { ...bulkBody.properties, reason: text },
  required: [...bulkBody.required, "reason"],
};
const listQuery = {
  type: "object",
  properties: {
    ...filter.properties,
    limit: { type: "string", pattern: "^[0-9]{1,3}$" },
    after: { type: "string", pattern: "^[0-9]{1,19}$" },
  },
  additionalProperties: false,
};
const idParams = { type: "object", properties: { id: { type: "string", pattern: "^[0-9]{1,19}$" } } };

function deadLetterRoutes(app: FastifyInstance, letters: AdminVerbs["deadLetters"]): void {
  const ajv = new Ajv2020({ strictTypes: false });
  app.setValidatorCompiler(({ schema }) => {
    const validate = ajv.compile(schema as object);
    return (data) => {
      if (validate(data)) return { value: data };
      const error = validate.errors?.[0];
      return { error: new Problem(400, `#${error?.instancePath ?? ""} ${error?.message ?? "is not valid"}`) };
    };
  });

  app.get<{ Querystring: DeadLetterFilter & { limit?: string; after?: string } }>(
    adminRoutes.listDeadLetters.path,
    { schema: { querystring: listQuery } },
    ({ query: { limit, after, ...matching } }) =>
      letters.list(matching, {
        limit: Math.min(Math.max(Number(limit ?? 100), 1), 500),
        ...(after === undefined ? {} : { after }),
      }),
  );

  app.get<{ Params: { id: string } }>(
    adminRoutes.showDeadLetter.path,
    { schema: { params: idParams } },
    async ({ params: { id } }) => {
      const letter = await letters.show(id);
      if (letter === undefined) throw noLetter(id);
      return letter;
    },
  );

  app.post<{ Params: { id: string } }>(
    adminRoutes.replayDeadLetter.path,
    { schema: { params: idParams } },
    async ({ params: { id } }): Promise<Affected> => {
      if (!(await letters.replay(id))) throw noLetter(id);
      return { count: 1 };
    },
  );

  app.post<{ Params: { id: string }; Body: Reason }>(
    adminRoutes.discardDeadLetter.path,
    { schema: { params: idParams, body: reasonBody } },
    async ({ params: { id }, body: { reason } }): Promise<Affected> => {
      if (!(await letters.discard(id, reason))) throw noLetter(id);
      return { count: 1 };
    },
  );

  app.post<{ Body: BulkRequest }>(
    adminRoutes.replayDeadLetters.path,
    { schema: { body: bulkBody } },
    async ({ body }): Promise<Affected> =>
      affected(body.expectedCount, await letters.replayAll(body.filter, body.expectedCount)),
  );

  app.post<{ Body: BulkRequest & Reason }>(
    adminRoutes.discardDeadLetters.path,
    { schema: { body: bulkReasonBody } },
    async ({ body }): Promise<Affected> =>
      affected(body.expectedCount, await letters.discardAll(body.filter, body.expectedCount, body.reason)),
  );
}

function outboxRoutes(app: FastifyInstance, outbox: AdminVerbs["outbox"]): void {
  app.get(adminRoutes.showOutbox.path, () => outbox.status());
  app.post<{ Params: { aggregateType: string; aggregateId: string } }>(
    adminRoutes.unparkAggregate.path,
    async ({ params: { aggregateType, aggregateId } }): Promise<Affected> => {
      if (!(await outbox.unpark(aggregateType, aggregateId)))
        throw new Problem(404, `${aggregateType} ${aggregateId} is not parked`);
      return { count: 1 };
    },
  );
}

function affected(expected: number, actual: number): Affected {
  if (actual === expected) return { count: actual };
  throw new Problem(409, `${actual} dead letters match now, not ${expected}: nothing was done; look again`, {
    extension: { actualCount: actual },
  });
}

function noLetter(id: string): Problem {
  return new Problem(404, `there is no dead letter ${id}`);
}
