import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DatabaseUnavailableError, errorCode, mayBeRetried } from "../database/errors.ts";
import type { ProblemDetails } from "./admin-api.ts";

/** An answer that is an error, thrown from wherever it is found. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly statusCode: number;
  readonly extension: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    detail: string,
    more: {
      readonly extension?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
    this.statusCode = statusCode;
    this.extension = more.extension ?? {};
    this.headers = more.headers ?? {};
  }
}

/** Answers every error of `app` as RFC 9457 problem details. What went wrong inside is logged, never sent. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem.statusCode >= 500) request.log.error({ err: error }, "request failed");
    else request.log.info({ status: problem.statusCode, detail: problem.message }, "request refused");
    sendProblem(request, reply, problem);
  });
  app.setNotFoundHandler((request, reply) => {
    sendProblem(request, reply, new Problem(404, `there is no ${request.method} ${request.url.split("?")[0]} here`));
  });
}

export function problemOf(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  if (isOverload(error))
    return new Problem(503, "the service cannot reach its database just now; try again", {
      headers: { "retry-after": "1" },
    });
  // Fastify's own refusals (body too large, no JSON, unknown media type) and those of author's routes.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return new Problem(error.statusCode, error.message);
  if (error.code === "FST_ERR_HANDLER_TIMEOUT") return new Problem(503, "the request took too long");
  return new Problem(500, "the service failed; its log has the reason under this correlation id");
}

/** Pool exhausted, connection lost, statement cancelled by its timeout, or a conflict that retries did not settle. */
function isOverload(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError || errorCode(error) === "57014" || mayBeRetried(error);
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const body: ProblemDetails = {
    type: "about:blank",
    title: STATUS_CODES[problem.statusCode] ?? "Error",
    status: problem.statusCode,
    detail: problem.message,
    ...problem.extension,
    correlationId: request.id,
  };
  reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type("application/problem+json")
    .serializer(JSON.stringify)
    .send(body);
}
