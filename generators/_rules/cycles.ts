/** That one thing leads to another. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

/** One cycle for each knot of things that lead to each other, as the links that close it; in a stable order. */
export function cyclesIn<L extends Link>(links: readonly L[]): readonly (readonly L[])[] {
  const outgoing = Map.groupBy(links, (link) => link.from);
  const cycles: (readonly L[])[] = [];
  const finished = new Set<string>();
  const reported = new Set<string>();
  for (const start of outgoing.keys()) {
    if (finished.has(start)) continue;
    // Depth first with a stack of our own: a chain may be longer than the call stack allows.
    const path: L[] = [];
    const onPath = new Map<string, number>([[start, 0]]);
    const pending = [(outgoing.get(start) ?? []).values()];
    while (pending.length > 0) {
      const next = pending[pending.length - 1]!.next();
      if (next.done) {
        pending.pop();
        const leaving = path.length > 0 ? path.pop()!.to : start;
        onPath.delete(leaving);
        finished.add(leaving);
        continue;
      }
      const { to } = next.value;
      const depth = onPath.get(to);
      if (depth !== undefined) {
        const cycle = [...path.slice(depth), next.value];
        if (!cycle.some((link) => reported.has(link.from))) cycles.push(cycle);
        for (const link of cycle) reported.add(link.from);
      } else if (!finished.has(to)) {
        path.push(next.value);
        onPath.set(to, path.length);
        pending.push((outgoing.get(to) ?? []).values());
      }
    }
  }
  return cycles;
}
