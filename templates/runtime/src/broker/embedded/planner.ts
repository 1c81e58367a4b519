/**
 * A URL whose sessions read the log through its index. A plan made while the log was short would read it whole, and
 * stay cached while it grows, until statistics are taken: up to a minute in which each fetch is slower than the last.
 */
export function withIndexScans(url: string): string {
  const result = new URL(url);
  const given = result.searchParams.get("options");
  result.searchParams.set(
    "options",
    [given, "-c enable_seqscan=off -c enable_bitmapscan=off"].filter(Boolean).join(" "),
  );
  return result.href;
}
