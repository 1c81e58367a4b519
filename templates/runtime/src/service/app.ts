import { type FastifyInstance, fastify, LogController } from "fastify";
import type { Logger } from "pino";
import type { Metrics } from "./metrics.ts";
import { answerProblems, problemOf, sendProblem } from "./problem.ts";
import { correlationId } from "./tracing.ts";

/** Limits of one request. */
const BODY_BYTES = 1 << 19; // half of what the broker takes as one message
const REQUEST_MS = 30_000;

export interface AppOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** What the public and the admin interface share: limits, errors, correlation id, time and one log line a request. */
export function createApp({ log, metrics }: AppOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "correlationid" }),
    genReqId: ({ headers }) => correlationId(headers["x-correlation-id"]),
    bodyLimit: BODY_BYTES,
    // An aggregate's id in a path, each character up to nine long when escaped.
    routerOptions: { maxParamLength: 255 * 9 },
    // Time for a request to arrive, and for its handler to answer it.
    requestTimeout: REQUEST_MS,
    handlerTimeout: REQUEST_MS,
    // While closing, the hook of `refuseWhileStopping` answers instead, as problem details.
    return503OnClosing: false,
    // What fails before routing, such as a malformed escape in the path.
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, problemOf(error)),
    // Without the logger in its type, which no route asks for.
  }) as unknown as FastifyInstance;
  // A page of another origin may send text/plain without asking; nothing here is plain text.
  app.removeContentTypeParser("text/plain");
  app.setSerializerCompiler(() => JSON.stringify);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-correlation-id", request.id);
  });
  letGoWhileClosing(app);
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "(none)";
    const seconds = Math.round(reply.elapsedTime * 1000) / 1e6;
    metrics.httpSeconds.observe({ method: request.method, route, status: reply.statusCode }, seconds);
    // Probes, scrapes and looks at the outbox come all the time and say nothing.
    const level = /^\/(health\/|metrics$|outbox$)/.test(route) ? "debug" : "info";
    request.log[level]({ method: request.method, route, status: reply.statusCode, seconds }, "request");
  });
  answerProblems(app);
  return app;
}

/** A client that keeps its connection for the next request would hold up the close of the server. */
function letGoWhileClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", async (_request, reply) => {
    if (closing) reply.header("connection", "close");
  });
}
