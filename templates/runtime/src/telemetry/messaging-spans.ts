import type { ExternalHandler, Handler } from "../inbox/consumer-options.ts";
import type { Envelope, Message } from "../message/message.ts";
import type { InsertMessages, OutboxRow } from "../outbox/outbox.ts";
import type { OpenSpan, SpanAttributes, Spans } from "./spans.ts";

// Names, kinds and attributes by OpenTelemetry's semantic conventions for messaging spans: `create` where a message
// gets its place in the trace, `send` where the relay gives it to the broker, `process` where a consumer handles it.

/** The way into the outbox, with a producer's span for each message: the message carries that one on. */
export function tracedInsert(spans: Spans, insert: InsertMessages): InsertMessages {
  if (!spans.recording) return insert;
  return async (tx, messages) => {
    const begun = messages.map(({ topic, envelope }) =>
      spans.begin({
        name: `create ${topic}`,
        kind: "producer",
        parent: envelope.traceparent,
        attributes: attributesOf("create", topic, envelope),
      }),
    );
    return ending(begun, () =>
      insert(
        tx,
        messages.map((message, index) => ({
          ...message,
          envelope: { ...message.envelope, traceparent: begun[index]!.traceparent },
        })),
      ),
    );
  };
}

/**
 * A handler with a consumer's span around it. The message that it gets has that span as its `traceparent`: what it
 * sends carries it on as it is.
 */
export function tracedHandler(spans: Spans, consumer: string, handler: Handler): Handler {
  return async (message, tx) => {
    const span = process(spans, consumer, message);
    return ending([span], () => handler({ ...message, traceparent: span.traceparent }, tx));
  };
}

export function tracedHandlers(
  spans: Spans,
  consumer: string,
  handlers: Readonly<Record<string, Handler>>,
): Readonly<Record<string, Handler>> {
  return Object.fromEntries(
    Object.entries(handlers).map(([type, handler]) => [type, tracedHandler(spans, consumer, handler)]),
  );
}

/** The same for messages that are handled together in one call: a span for each. */
export function tracedBatch<Tx>(
  spans: Spans,
  consumer: string,
  handleAll: (messages: readonly Message[], tx: Tx) => Promise<void>,
): (messages: readonly Message[], tx: Tx) => Promise<void> {
  return async (messages, tx) => {
    const begun = messages.map((message) => process(spans, consumer, message));
    const carrying = messages.map((message, index) => ({ ...message, traceparent: begun[index]!.traceparent }));
    return ending(begun, () => handleAll(carrying, tx));
  };
}

export function tracedExternal(spans: Spans, consumer: string, handler: ExternalHandler): ExternalHandler {
  return async (message, run) => {
    const span = process(spans, consumer, message);
    return ending([span], () => handler({ ...message, traceparent: span.traceparent }, run));
  };
}

/** The relay's part of each message's trace: from the claim to the broker's acknowledgement. */
export function recordSent(spans: Spans, rows: readonly OutboxRow[], claimedAt: Date): void {
  if (!spans.recording) return;
  for (const { topic, envelope: text } of rows) {
    const envelope = JSON.parse(text) as Envelope;
    const attributes = attributesOf("send", topic, envelope);
    spans
      .begin({ name: `send ${topic}`, kind: "client", parent: envelope.traceparent, attributes, at: claimedAt })
      .end();
  }
}

function process(spans: Spans, consumer: string, message: Message): OpenSpan {
  return spans.begin({
    name: `process ${message.topic}`,
    kind: "consumer",
    parent: message.traceparent,
    ...(spans.recording
      ? {
          attributes: {
            ...attributesOf("process", message.topic, message),
            "messaging.consumer.group.name": consumer,
          },
        }
      : {}),
  });
}

async function ending<T>(spans: readonly OpenSpan[], work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    for (const span of spans) span.end();
    return result;
  } catch (error) {
    for (const span of spans) span.end({ error });
    throw error;
  }
}

function attributesOf(
  operation: "create" | "send" | "process",
  topic: string,
  envelope: Omit<Envelope, "id" | "time"> & { readonly id?: string },
): SpanAttributes {
  return {
    "messaging.system": "eda",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": topic,
    "messaging.message.id": envelope.id,
    "messaging.message.conversation_id": envelope.correlationid,
    "eda.message.type": envelope.type,
    "eda.saga.id": envelope.sagaid,
    "eda.saga.step": envelope.sagastep,
    "eda.saga.direction": envelope.sagadirection,
    "eda.saga.attempt": envelope.sagaattempt,
  };
}
