import { randomBytes } from "node:crypto";

/**
 * A UUID of version 7 (RFC 9562): its first 48 bits are the time in milliseconds, so that new keys land at one end of
 * an index. Order is never read from it: positions and versions say that.
 */
export function messageId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
