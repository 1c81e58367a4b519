/**
 * A URL whose sessions read the log through its index, by plans that are made once. A plan made while the log was short
 * would read it whole, and stay cached while it grows, until statistics are taken: up to a minute in which each fetch is
 * slower than the last.
 *
 * With indexes alone there is one plan for each statement, whatever its values. PostgreSQL would go on comparing, for
 * an array is shorter in each call than it is taken to be, and plan the three statements of an append anew each time:
 * more than half of its time.
 */
export function withIndexScans(url: string): string {
  const result = new URL(url);
  const given = result.searchParams.get("options");
  result.searchParams.set(
    "options",
    [given, "-c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan"]
      .filter(Boolean)
      .join(" "),
  );
  return result.href;
}
