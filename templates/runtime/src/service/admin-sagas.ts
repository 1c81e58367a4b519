import type { FastifyInstance } from "fastify";
import {
  type MovedOn,
  type SagaBulkAnswer,
  type SagaBulkRequest,
  type SagaChangeRequest,
  type SagaDetail,
  type SagaFilter,
  type SagaPage,
  type SagaSummary,
  type SagaVerb,
  sagaPaths,
  sagaStatuses,
  sagaVerbs,
} from "./admin-saga-api.ts";
import { count, limit, pageSize, text } from "./admin-validation.ts";
import { Problem } from "./problem.ts";
import { storableText } from "./storable.ts";

/** What operators do with the sagas that a service hosts, apart from how it is asked. */
export interface SagaVerbs {
  /** Undefined: `after` is no saga. */
  list(filter: SagaFilter, page: { readonly limit: number; readonly after?: string }): Promise<SagaPage | undefined>;
  show(id: string): Promise<SagaDetail | undefined>;
  /** Undefined: there is no such saga. Throws a `Problem` where the machine refuses. */
  change(
    id: string,
    verb: SagaVerb,
    request: SagaChangeRequest,
  ): Promise<SagaSummary | Pick<MovedOn, "actualRevision"> | undefined>;
  /** Answers how many match, and does nothing, when that is another number than expected. */
  changeAll(verb: SagaVerb, request: SagaBulkRequest): Promise<SagaBulkAnswer | { readonly actualCount: number }>;
}

const id = { type: "string", minLength: 1, maxLength: 500 };
const name = { type: "string", minLength: 1, maxLength: 100 };
const direction = { enum: ["forward", "compensation"] };
// With a time zone: one without would mean another moment at each end.
const moment = {
  type: "string",
  pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,6})?)?(Z|[+-]\\d\\d:\\d\\d)$",
};
const listQuery = {
  type: "object",
  properties: {
    saga: name,
    status: { enum: sagaStatuses },
    stuck: { enum: ["true", "false"] },
    step: name,
    direction,
    since: moment,
    limit,
    after: id,
  },
  additionalProperties: false,
};
const change = { step: name, direction, reason: text, data: { type: "object" } };
const changeBody = {
  type: "object",
  properties: { ...change, revision: { type: "string", pattern: "^[0-9]{1,18}$" } },
  required: ["step", "direction", "revision", "reason"],
  additionalProperties: false,
};
const bulkBody = {
  type: "object",
  properties: {
    ...change,
    filter: { type: "object", properties: { saga: name, since: moment }, additionalProperties: false },
    expectedCount: count,
  },
  required: ["step", "direction", "filter", "expectedCount", "reason"],
  additionalProperties: false,
};
const verbParams = { type: "object", properties: { verb: { enum: sagaVerbs } } };

type ListQuery = Omit<SagaFilter, "stuck"> & { stuck?: "true" | "false"; limit?: string; after?: string };

export function sagaRoutes(app: FastifyInstance, sagas: SagaVerbs): void {
  app.get<{ Querystring: ListQuery }>(
    sagaPaths.listSagas.path,
    { schema: { querystring: listQuery } },
    async ({ query }) => {
      const { limit: asked, after, stuck, ...matching } = query;
      const page = { limit: pageSize(asked), ...(after === undefined ? {} : { after }) };
      const found = await sagas.list({ ...matching, ...(stuck === "true" ? { stuck: true } : {}) }, page);
      if (found === undefined) throw new Problem(400, `there is no saga ${after} to go on after`);
      return found;
    },
  );

  app.get<{ Params: { id: string } }>(sagaPaths.showSaga.path, async ({ params }) => {
    const saga = storableText(params.id) ? await sagas.show(params.id) : undefined;
    if (saga === undefined) throw noSaga(params.id);
    return saga;
  });

  app.post<{ Params: { id: string; verb: SagaVerb }; Body: SagaChangeRequest }>(
    sagaPaths.changeSaga.path,
    { schema: { params: verbParams, body: changeBody } },
    async ({ params, body }): Promise<SagaSummary> => {
      const saga = storableText(params.id)
        ? await sagas.change(params.id, params.verb, ofItsVerb(params.verb, body))
        : undefined;
      if (saga === undefined) throw noSaga(params.id);
      if ("id" in saga) return saga;
      const { actualRevision } = saga;
      throw new Problem(
        409,
        `${params.id} has moved on from revision ${body.revision} to ${actualRevision}: nothing was done; look again`,
        { extension: { actualRevision } },
      );
    },
  );

  app.post<{ Params: { verb: SagaVerb }; Body: SagaBulkRequest }>(
    sagaPaths.changeSagas.path,
    { schema: { params: verbParams, body: bulkBody } },
    async ({ params: { verb }, body }): Promise<SagaBulkAnswer> => {
      const answer = await sagas.changeAll(verb, ofItsVerb(verb, body));
      if (!("actualCount" in answer)) return answer;
      const { actualCount } = answer;
      throw new Problem(
        409,
        `${actualCount} sagas match now, not ${body.expectedCount}: nothing was done; look again`,
        {
          extension: { actualCount },
        },
      );
    },
  );
}

function noSaga(id: string): Problem {
  return new Problem(404, `there is no saga ${id}`);
}

function ofItsVerb<Body extends SagaChangeRequest | SagaBulkRequest>(verb: SagaVerb, body: Body): Body {
  if (verb !== "complete" && body.data !== undefined)
    throw new Problem(400, `#/data is given, and ${verb} takes none: it is what \`complete\` settles a step with`);
  return body;
}
