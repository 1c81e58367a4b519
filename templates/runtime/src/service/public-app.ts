import type { FastifyInstance } from "fastify";
import { httpSpans, type TraceparentOf } from "../telemetry/http-spans.ts";
import type { Spans } from "../telemetry/spans.ts";
import { type AppOptions, createApp } from "./app.ts";
import { authenticate, type ClientOf } from "./auth.ts";
import { type AuthConfig, isLoopback } from "./config.ts";
import type { ServiceDefinition } from "./definition.ts";
import { type Health, healthRoutes } from "./health.ts";
import { openApi } from "./openapi.ts";
import { Problem } from "./problem.ts";

export interface PublicAppOptions extends AppOptions {
  readonly definition: ServiceDefinition;
  readonly health: Health;
  readonly spans: Spans;
  readonly auth: AuthConfig | undefined;
  /** Registers what asks for a bearer token. */
  readonly routes: (app: FastifyInstance, clientOf: ClientOf, traceparentOf: TraceparentOf) => void;
}

/** The interface for clients: health and the OpenAPI document open, everything else behind the bearer token. */
export async function createPublicApp(options: PublicAppOptions): Promise<FastifyInstance> {
  const app = createApp(options);
  // Before all other hooks: a request that they refuse has a span too.
  const traceparentOf = httpSpans(app, options.spans);
  healthRoutes(app, options.health);
  refuseWhileStopping(app, options.health);
  if (options.auth === undefined) refuseForeignNames(app);
  await openApi(app, options.definition, options.auth !== undefined);
  await app.register(async (guarded) => {
    options.routes(guarded, authenticate(guarded, options.auth), traceparentOf);
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
