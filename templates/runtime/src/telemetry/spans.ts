import { childSpan } from "../service/tracing.ts";

/**
 * Where spans begin and end. A span is known by its `traceparent` (W3C Trace Context), which is also what a message
 * carries on: there is no ambient context.
 */
export interface Spans {
  /** False: ids are passed on and nothing is exported. Asked before a span that carries no ids on is prepared. */
  readonly recording: boolean;
  begin(start: SpanStart): OpenSpan;
  /** Exports what is left, for a few seconds at most. */
  close(): Promise<void>;
}

export interface SpanStart {
  /** By the semantic conventions: `POST /commands/place-order`, `process orders.order.events`. */
  readonly name: string;
  readonly kind: "server" | "client" | "producer" | "consumer" | "internal";
  /** `traceparent` of its parent. Absent or not valid: it begins a trace. */
  readonly parent: string | undefined;
  readonly attributes?: SpanAttributes;
  /** Default: now. */
  readonly at?: Date;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface OpenSpan {
  readonly traceparent: string;
  end(outcome?: SpanOutcome): void;
}

export interface SpanOutcome {
  /** What went wrong: makes the span an error. */
  readonly error?: unknown;
  readonly attributes?: SpanAttributes;
  /** Default: now. */
  readonly at?: Date;
}

/** Nothing is exported: each span is a hop of the trace all the same, so that logs and messages can be matched. */
export const unrecorded: Spans = {
  recording: false,
  begin: ({ parent }) => ({ traceparent: childSpan(parent), end: () => undefined }),
  close: async () => undefined,
};
