import { randomBytes } from "node:crypto";
import { messageId } from "../outbox/message-id.ts";

/**
 * The next hop of a trace: the same trace id with a span id of its own, or a new trace where the parent is absent or
 * not valid. Flags are carried on. Source: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function childSpan(parent: string | undefined): string {
  const { traceId, flags } = parseTraceparent(parent) ?? { traceId: nonZeroHex(16), flags: "01" };
  return `00-${traceId}-${nonZeroHex(8)}-${flags}`;
}

/** `undefined` for what the recommendation calls invalid: such a header is treated as absent. */
export function parseTraceparent(
  header: string | undefined,
): { readonly traceId: string; readonly spanId: string; readonly flags: string } | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header ?? "");
  if (match === null) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", rest] = match;
  // Version 00 ends after the flags; a later one may go on, and is read as far as it is known.
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags };
}

/** The caller's id where it is a plain one, else a new one: it goes into logs and headers, so its alphabet is small. */
export function correlationId(header: string | readonly string[] | undefined): string {
  return typeof header === "string" && /^[A-Za-z0-9._:-]{1,128}$/.test(header) ? header : messageId();
}

function nonZeroHex(bytes: number): string {
  for (;;) {
    const hex = randomBytes(bytes).toString("hex");
    if (!/^0+$/.test(hex)) return hex;
  }
}
