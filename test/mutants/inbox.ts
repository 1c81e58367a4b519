import type { Mutant } from "./mutant.ts";

/** The inbox without one of its safety lines. More of them, which sagas need, are in saga-participant.ts. */
export const inboxMutants: readonly Mutant[] = [
  {
    fault: "trap 6: every message counts as new",
    file: "enter.ts",
    line: `    ON CONFLICT DO NOTHING
    RETURNING message_id`,
    replacement: `    ON CONFLICT (consumer, message_id) DO UPDATE SET decided_at = EXCLUDED.decided_at
    RETURNING message_id`,
    test: "handle-batch.test.ts",
  },
  {
    fault: "trap 6: two batches with the same messages lock each other out",
    file: "enter.ts",
    line: " AS after_all_positions ORDER BY m.id\n",
    replacement: " AS after_all_positions\n",
    test: "traps.test.ts",
  },
  {
    fault: "a failure of the transaction that partitions share is taken for a success of each",
    file: "together.ts",
    line: `return parts.map(() => "apart" as const);`,
    replacement: "return parts.map(() => undefined);",
    test: "together.test.ts",
  },
  {
    fault: "trap 7: what comes again from before the horizon is applied a second time",
    file: "marks.ts",
    line: "return record.offset < standing.previousOffset && record.timestamp < standing.forgottenBefore;",
    replacement: "return record.offset < 0n && record.timestamp < standing.forgottenBefore;",
    test: "clean-up.test.ts",
  },
  {
    fault: "a key's later messages overtake its dead letter",
    file: "decide.ts",
    line: "} else if (parkedKeys.has(item.key)) {",
    replacement: `} else if (parkedKeys.has("")) {`,
    test: "dead-letters.test.ts",
  },
  {
    fault: "R18: what follows waits behind a letter though the consumer keeps no order",
    file: "bury.ts",
    line: "const first = !keepsOrder || (await openKey(tx, name, item.record.topic, item.key));",
    replacement: "const first = (await openKey(tx, name, item.record.topic, item.key)) && keepsOrder !== undefined;",
    test: "options.test.ts",
  },
  {
    fault: "a message is tried beyond its time",
    file: "in-place.ts",
    line: "const leftMs = limitMs - (performance.now() - since);",
    replacement: "const leftMs = Number.POSITIVE_INFINITY;\n      void [limitMs, since];",
    test: "options.test.ts",
  },
  {
    fault: "a letter goes without its mark",
    file: "bury.ts",
    line: "if (item.message !== undefined && (await mark(tx, name, [item.message.id])).size === 0) return false;",
    replacement: "void mark;",
    test: "handle-batch.test.ts",
  },
  {
    fault: "a replayed letter leaves no mark",
    file: "replay.ts",
    line: "        await refreshMark(tx, name, message.id);\n        await resolve",
    replacement: "        await resolve",
    test: "clean-up.test.ts",
  },
];
