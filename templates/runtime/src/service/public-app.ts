import { type FastifyInstance, fastify, LogController } from "fastify";
import type { Logger } from "pino";
import { authenticate, type ClientOf } from "./auth.ts";
import { type AuthConfig, isLoopback } from "./config.ts";
import type { ServiceDefinition } from "./definition.ts";
import { type Health, healthRoutes } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { answerProblems, Problem, problemOf, sendProblem } from "./problem.ts";
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
    // Time for a request to arrive, and for its handler to answer it.
    requestTimeout: REQUEST_MS,
    handlerTimeout: REQUEST_MS,
    // While closing, the hook of `refuseWhileStopping` answers instead, as problem details.
    return503OnClosing: false,
    // What fails before routing, such as a malformed escape in the path.
    frameworkErrors: (error, request, reply) => sendProblem(request, reply, problemOf(error)),
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
    const seconds = reply.elapsedTime / 1000;
    metrics.httpSeconds.observe({ method: request.method, route, status: reply.statusCode }, seconds);
    request.log.info({ method: request.method, route, status: reply.statusCode, seconds }, "request");
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

export interface PublicAppOptions extends AppOptions {
  readonly definition: ServiceDefinition;
  readonly health: Health;
  readonly auth: AuthConfig | undefined;
  /** Registers what asks for a bearer token. */
  readonly routes: (app: FastifyInstance, clientOf: ClientOf) => void;
}

/** The interface for clients: health and the OpenAPI document open, everything else behind the bearer token. */
export async function createPublicApp(options: PublicAppOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  healthRoutes(app, options.health);
  refuseWhileStopping(app, options.health);
  if (options.auth === undefined) refuseForeignNames(app);
  await openApi(app, options.definition, options.auth !== undefined);
  await app.register(async (guarded) => {
    options.routes(guarded, authenticate(guarded, options.auth));
  });
  return app;
}

function refuseWhileStopping(app: FastifyInstance, health: Health): void {
  app.addHook("onRequest", async (request) => {
    if (health.phase === "stopping" && !request.url.startsWith("/health/"))
      throw new Problem(503, "the service is stopping; try again", {
        headers: { "retry-after": "1" },
      });
  });
}

/**
 * Without bearer tokens only programs of this machine may call. A web page whose name was made to resolve to
 * 127.0.0.1 (DNS rebinding) arrives with that name in its Host header.
 */
function refuseForeignNames(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    if (!isLoopback(request.hostname.replace(/^\[|\]$/g, "")))
      throw new Problem(421, "without bearer tokens this service answers to loopback names alone");
  });
}
