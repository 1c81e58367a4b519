import type { FastifyInstance, FastifyRequest } from "fastify";
import type { OpenSpan, Spans } from "./spans.ts";

/** The `traceparent` of a request's own span: what its command's events carry on. */
export type TraceparentOf = (request: FastifyRequest) => string;

/** A server's span for each request, probes aside. Source: OpenTelemetry's semantic conventions for HTTP spans. */
export function httpSpans(app: FastifyInstance, spans: Spans): TraceparentOf {
  const open = new WeakMap<FastifyRequest, OpenSpan>();
  const spanOf = (request: FastifyRequest): OpenSpan => {
    const found = open.get(request) ?? begin(spans, request);
    open.set(request, found);
    return found;
  };
  if (spans.recording) {
    app.addHook("onRequest", async (request) => {
      if (!request.url.startsWith("/health/")) spanOf(request);
    });
    app.addHook("onResponse", async (request, reply) => {
      const { statusCode } = reply;
      open.get(request)?.end({
        attributes: { "http.response.status_code": statusCode },
        // What the caller got wrong is no error of the server's.
        ...(statusCode >= 500 ? { error: String(statusCode) } : {}),
      });
    });
  }
  return (request) => spanOf(request).traceparent;
}

function begin(spans: Spans, request: FastifyRequest): OpenSpan {
  const { traceparent } = request.headers;
  const route = request.routeOptions.url;
  return spans.begin({
    name: route === undefined ? request.method : `${request.method} ${route}`,
    kind: "server",
    parent: typeof traceparent === "string" ? traceparent : undefined,
    attributes: {
      "http.request.method": request.method,
      "http.route": route,
      "url.path": request.url.split("?", 1)[0],
      "url.scheme": request.protocol,
      "server.address": request.hostname,
      "eda.correlation_id": request.id,
    },
  });
}
