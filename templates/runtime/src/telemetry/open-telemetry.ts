import { setTimeout as delay } from "node:timers/promises";
import { type Attributes, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { parseTraceparent } from "../service/tracing.ts";
import type { SamplerSetting, TelemetrySettings } from "./settings.ts";
import type { OpenSpan, SpanAttributes, SpanStart, Spans } from "./spans.ts";

const FLUSH_MS = 1_000;
/** What the last export may take when the service stops: a collector that is away must not hold it up. */
const CLOSE_MS = 2_000;

/** Spans that go to the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`. Loaded only when there is one. */
export function openTelemetry(settings: TelemetrySettings, service: string, log: Logger): Spans {
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ "service.name": service }))
      // OTEL_RESOURCE_ATTRIBUTES, and OTEL_SERVICE_NAME above all.
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(settings.sampler),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: FLUSH_MS })],
  });
  const tracer = provider.getTracer("eda-runtime");

  return {
    recording: true,

    begin({ name, kind, parent, attributes, at }: SpanStart): OpenSpan {
      const context = parentContext(parent);
      const options = {
        kind: KINDS[kind],
        ...(attributes === undefined ? {} : { attributes: present(attributes) }),
        ...(at === undefined ? {} : { startTime: at }),
      };
      const span = tracer.startSpan(name, options, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
        end({ error, attributes: more, at: ended } = {}) {
          if (more !== undefined) span.setAttributes(present(more));
          if (error !== undefined) {
            const message = error instanceof Error ? error.message : String(error);
            span.setAttribute("error.type", error instanceof Error ? error.name : message);
            span.setStatus({ code: SpanStatusCode.ERROR, message });
          }
          span.end(ended);
        },
      };
    },

    async close() {
      const late = await Promise.race([
        provider.shutdown().catch((err: unknown) => log.warn({ err }, "the last spans could not be exported")),
        delay(CLOSE_MS, "late" as const, { ref: false }),
      ]);
      if (late === "late") log.warn("the last spans could not be exported in time");
    },
  };
}

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

function parentContext(traceparent: string | undefined) {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function samplerOf({ parentBased, ratio }: SamplerSetting): Sampler {
  const root =
    ratio === 1 ? new AlwaysOnSampler() : ratio === 0 ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
  return parentBased ? new ParentBasedSampler({ root }) : root;
}

function present(attributes: SpanAttributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Attributes;
}
