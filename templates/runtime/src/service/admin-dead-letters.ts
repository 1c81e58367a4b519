import type { FastifyInstance } from "fastify";
import {
  type Affected,
  adminRoutes,
  type BulkRequest,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterPage,
  type Reason,
} from "./admin-api.ts";
import { count, limit, pageSize, text } from "./admin-validation.ts";
import { Problem } from "./problem.ts";

/** What operators do with dead letters, apart from how it is asked. Ids are decimals as text. */
export interface DeadLetterVerbs {
  list(filter: DeadLetterFilter, page: { readonly limit: number; readonly after?: string }): Promise<DeadLetterPage>;
  show(id: string): Promise<DeadLetterDetail | undefined>;
  /** False: there is no such letter. Throws a `Problem` when the letter is in no state for it. */
  replay(id: string): Promise<boolean>;
  discard(id: string, reason: string): Promise<boolean>;
  /** All that match, if they are `expectedCount`; resolves to how many match, and does nothing when that differs. */
  replayAll(filter: DeadLetterFilter, expectedCount: number): Promise<number>;
  discardAll(filter: DeadLetterFilter, expectedCount: number, reason: string): Promise<number>;
}

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
    limit,
    after: { type: "string", pattern: "^[0-9]{1,19}$" },
  },
  additionalProperties: false,
};
const idParams = { type: "object", properties: { id: { type: "string", pattern: "^[0-9]{1,19}$" } } };

export function deadLetterRoutes(app: FastifyInstance, letters: DeadLetterVerbs): void {
  app.get<{ Querystring: DeadLetterFilter & { limit?: string; after?: string } }>(
    adminRoutes.listDeadLetters.path,
    { schema: { querystring: listQuery } },
    ({ query: { limit: asked, after, ...matching } }) =>
      letters.list(matching, {
        limit: pageSize(asked),
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

function affected(expected: number, actual: number): Affected {
  if (actual === expected) return { count: actual };
  throw new Problem(409, `${actual} dead letters match now, not ${expected}: nothing was done; look again`, {
    extension: { actualCount: actual },
  });
}

function noLetter(id: string): Problem {
  return new Problem(404, `there is no dead letter ${id}`);
}
