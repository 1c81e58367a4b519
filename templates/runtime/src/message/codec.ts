import { randomUUID } from "node:crypto";
import type { IncomingRecord, OutgoingRecord } from "../broker/broker.ts";
import type { Envelope, Message } from "./message.ts";

/** The record of a message: its envelope as the header `eda`, `id` and `type` as headers of their own, its data as JSON. */
export function encodeRecord(envelope: Envelope, topic: string, key: string, data: unknown): OutgoingRecord {
  return {
    topic,
    key,
    value: encoder.encode(JSON.stringify(data === undefined ? null : data)),
    headers: { eda: JSON.stringify(envelope), id: envelope.id, type: envelope.type },
  };
}

/**
 * The message of a record, from any relay. A record that does not hold one throws `MalformedMessageError`: it will
 * never be read, however often it is tried, and belongs to the dead letters.
 */
export function decodeRecord(record: IncomingRecord): Message {
  const fail = (reason: string, cause?: unknown) => new MalformedMessageError(record, reason, cause);
  const header = record.headers.eda;
  if (header === undefined) throw fail("it has no header `eda`");
  let envelope: unknown;
  try {
    envelope = JSON.parse(header);
  } catch (cause) {
    throw fail("its header `eda` is no JSON", cause);
  }
  const fault = envelopeFault(envelope);
  if (fault !== undefined) throw fail(fault);
  let data: unknown;
  try {
    data = JSON.parse(decoder.decode(record.value));
  } catch (cause) {
    throw fail("its value is no JSON in UTF-8", cause);
  }
  const { id, ...rest } = envelope as Envelope;
  // One spelling of an id, PostgreSQL's: two would be two messages, or one that nobody handles.
  return { id: id.toLowerCase(), ...rest, topic: record.topic, key: record.key, data };
}

/** An envelope with an id and a time of its own. Whoever continues a conversation passes its correlation on. */
export function newEnvelope(
  given: Omit<Envelope, "id" | "time" | "correlationid"> & Partial<Pick<Envelope, "id" | "time" | "correlationid">>,
): Envelope {
  const id = given.id ?? randomUUID();
  return { ...given, id, time: given.time ?? new Date().toISOString(), correlationid: given.correlationid ?? id };
}

/** A record that holds no message. Trying it again cannot help. */
export class MalformedMessageError extends Error {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;

  constructor(record: IncomingRecord, reason: string, cause?: unknown) {
    super(`the record at ${record.topic}[${record.partition}]@${record.offset} is no message: ${reason}`, { cause });
    this.name = "MalformedMessageError";
    this.topic = record.topic;
    this.partition = record.partition;
    this.offset = record.offset;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

const REQUIRED = ["id", "type", "source", "subject", "time", "correlationid"] as const satisfies (keyof Envelope)[];
const OPTIONAL_TEXT = [
  "dataschema",
  "causationid",
  "traceparent",
  "aggregateversion",
  "saganame",
  "sagaid",
  "sagastep",
  "idempotencykey",
  "sagasuccess",
  "sagafailure",
  "sagasince",
] as const satisfies (keyof Envelope)[];
const OPTIONAL_NUMBER = ["saground", "sagaattempt", "sagatimeoutms"] as const satisfies (keyof Envelope)[];
const CHOICES: readonly (readonly [keyof Envelope, readonly string[]])[] = [
  ["sagadirection", ["forward", "compensation"]],
  ["sagapurpose", ["do", "tombstone"]],
  ["sagaoutcome", ["success", "failure", "refused"]],
];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function envelopeFault(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "its header `eda` is no object";
  const envelope = value as Record<string, unknown>;
  for (const name of REQUIRED) {
    if (typeof envelope[name] !== "string" || envelope[name] === "") return `its envelope has no \`${name}\``;
  }
  if (!UUID.test(envelope.id as string)) return "its envelope's `id` is no UUID";
  for (const name of OPTIONAL_TEXT) {
    if (envelope[name] !== undefined && typeof envelope[name] !== "string")
      return `its envelope's \`${name}\` is no text`;
  }
  for (const name of OPTIONAL_NUMBER) {
    if (envelope[name] !== undefined && !Number.isSafeInteger(envelope[name])) {
      return `its envelope's \`${name}\` is no whole number`;
    }
  }
  for (const [name, words] of CHOICES) {
    if (envelope[name] !== undefined && !words.includes(envelope[name] as string)) {
      return `its envelope's \`${name}\` is none of ${words.join(", ")}`;
    }
  }
  if (envelope.saganoop !== undefined && typeof envelope.saganoop !== "boolean") {
    return "its envelope's `saganoop` is neither true nor false";
  }
  const version = envelope.aggregateversion;
  if (version !== undefined && !/^\d+$/.test(version as string)) {
    return "its envelope's `aggregateversion` is no decimal number";
  }
  return undefined;
}
