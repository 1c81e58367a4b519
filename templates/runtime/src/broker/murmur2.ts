const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/**
 * The hash of Kafka's Java client (`org.apache.kafka.common.utils.Utils.murmur2`), as a signed 32-bit number. Another
 * hash would put a key's records on another partition than Java does, and joins in Kafka Streams would miss silently.
 */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const whole = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M);
    word = Math.imul(word ^ (word >>> R), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = length - whole;
  if (rest === 3) hash ^= bytes[whole + 2]! << 16;
  if (rest >= 2) hash ^= bytes[whole + 1]! << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[whole]!, M);
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) | 0;
}

/** The partition of a key among `count`, as Kafka's default partitioner chooses it. */
export function partitionFor(key: string, count: number): number {
  return (murmur2(encoder.encode(key)) & 0x7fffffff) % count;
}

const encoder = new TextEncoder();
