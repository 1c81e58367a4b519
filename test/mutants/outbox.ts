import type { Mutant } from "./mutant.ts";

/** The outbox, its statements and its relay without one of their safety lines. */
export const outboxMutants: readonly Mutant[] = [
  {
    fault: "messages are recorded as published before they are sent",
    file: "relay-pass.ts",
    line: `  const sent = await send(broker, rows, { timeoutMs: options.sendTimeoutMs ?? 30_000, mayGoOn });
  await markPublished(options, sent.acknowledged);`,
    replacement: `  await markPublished(options, rows);
  const sent = await send(broker, rows, { timeoutMs: options.sendTimeoutMs ?? 30_000, mayGoOn });`,
    test: "kill.test.ts",
  },
  {
    fault: "trap 5: what is sent twice has two ids",
    file: "send.ts",
    line: "headers: { eda: row.envelope, id: row.id, type: row.type },",
    replacement:
      "headers: { eda: JSON.stringify({ ...JSON.parse(row.envelope), id: crypto.randomUUID() }), id: row.id, type: row.type },",
    test: "traps.test.ts",
  },
  {
    fault: "trap 1: the floor passes a row whose transaction commits late",
    file: "settled-position.ts",
    line: "if (candidate.writers.size > 0) return settled;",
    replacement: "",
    test: "traps.test.ts",
  },
  {
    fault: "the floor passes a row of a prepared transaction",
    file: "settled-position.ts",
    line: "earlier.has(writer) || isPrepared(writer)",
    replacement: "earlier.has(writer) || (isPrepared(writer) && earlier.size < 0)",
    test: "settled-position.test.ts",
  },
  {
    fault: "the floor passes what a promoted standby may lack",
    file: "queries/raise-floors.sql",
    line: "least($2::bigint, r.noted_position, (",
    replacement: "least($2::bigint, (",
    test: "floor.test.ts",
  },
  {
    fault: "trap 4: a relay sends what another one's shards hold",
    file: "queries/claim.sql",
    line: "WHERE s.owner = $1 AND s.lease_until > clock_timestamp()",
    replacement: "WHERE $1::text IS NOT NULL",
    test: "traps.test.ts",
  },
  {
    fault: "a relay goes on with shards whose lease has run out",
    file: "queries/claim.sql",
    line: "WHERE s.owner = $1 AND s.lease_until > clock_timestamp()",
    replacement: "WHERE s.owner = $1",
    test: "claim.test.ts",
  },
  {
    fault: "an aggregate's later rows overtake its refused one",
    file: "queries/claim.sql",
    line: "AND (x.parked_at IS NOT NULL OR x.retry_at > clock_timestamp())",
    replacement: "AND false",
    test: "relay.test.ts",
  },
  {
    fault: "an aggregate's later rows follow its refused one in the same batch",
    file: "send.ts",
    line: `        refused.push({ row, error: outcome.error });
        return undefined;`,
    replacement: `        refused.push({ row, error: outcome.error });
        continue;`,
    test: "relay.test.ts",
  },
  {
    fault: "a broker that goes away in the middle of a batch parks what it was given then",
    file: "send.ts",
    line: "        if (!(await answers(broker, options.timeoutMs))) return outcome.error;\n",
    replacement: "",
    test: "send.test.ts",
  },
  {
    fault: "a broker that takes nothing parks every aggregate",
    file: "send.ts",
    line: "if (first === undefined || acknowledged.length > 0 || blamesRecords) return { acknowledged, refused };",
    replacement:
      "if (first === undefined || acknowledged.length >= 0 || blamesRecords) return { acknowledged, refused };",
    test: "relay.test.ts",
  },
  {
    fault: "a relay that has lost its shards goes on with its batch",
    file: "send.ts",
    line: `      if (!options.mayGoOn()) return undefined;
      const outcome = await publish(half.flat());`,
    replacement: "      const outcome = await publish(half.flat());",
    test: "send.test.ts",
  },
  {
    fault: "a parked row that left all the same takes its block along, and those behind it stay below the floor",
    file: "queries/mark-published.sql",
    line: " AND b.parked_at IS NULL\n",
    replacement: "\n",
    test: "floor.test.ts",
  },
  {
    fault: "unpark gives back what its caller then rolls back",
    file: "unpark.ts",
    line: "return (await tx.query<{ count: number }>(UNPARK, values)).rows[0]?.count ?? 0;",
    replacement: `const { rows } = await tx.query<{ count: number }>(UNPARK, values);
  await tx.query("COMMIT AND CHAIN");
  return rows[0]?.count ?? 0;`,
    test: "unpark.test.ts",
  },
  {
    fault: "unpark leaves the floor above what it frees",
    file: "queries/unpark.sql",
    line: "  WHERE s.shard = f.shard\n",
    replacement: "  WHERE s.shard = f.shard AND false\n",
    test: "relay.test.ts",
  },
  {
    fault: "a shard's new owner has the old one's token",
    file: "queries/take.sql",
    line: "token = s.token + 1",
    replacement: "token = s.token",
    test: "lease.test.ts",
  },
  {
    fault: "relays that keep their shards deadlock with those that move the floors",
    file: "queries/renew.sql",
    line: "WHERE owner = $1 ORDER BY shard FOR UPDATE",
    replacement: "WHERE owner = $1 FOR UPDATE",
    test: "lease.test.ts",
  },
  {
    fault: "messages of one transaction lose their order",
    file: "queries/insert.sql",
    line: "ORDER BY m.ordinality",
    replacement: "ORDER BY m.ordinality DESC",
    test: "insert.test.ts",
  },
  {
    fault: "a message that no broker takes gets into the outbox",
    file: "insert.ts",
    line: "if (bytes > LARGEST_DATA_BYTES) throw",
    replacement: "if (bytes < 0) throw",
    test: "insert.test.ts",
  },
];
