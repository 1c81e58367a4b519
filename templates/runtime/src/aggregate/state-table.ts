import type { AggregatePersistence, Loaded } from "./persistence.ts";

type Row<State> = { version: bigint; state: State };

/**
 * Keeps the current state of each aggregate as a row of the table `aggregates` (migration 0005). States must be
 * plain JSON: what JSON cannot say (dates, undefined, bigints) does not come back.
 */
export function stateTable<State, Event>(type: string, initialState: () => State): AggregatePersistence<State, Event> {
  return {
    async load(tx, id) {
      for (;;) {
        // The row lock is what orders the events of an aggregate in the outbox.
        const { rows } = await tx.query<Row<State>>(
          "SELECT version, state FROM public.aggregates WHERE type = $1 AND id = $2 FOR UPDATE",
          [type, id],
        );
        const row = rows[0];
        if (row !== undefined) return row;
        // A row that does not exist cannot be locked. Of two first commands the second waits here, at the primary key.
        const state = initialState();
        const inserted = await tx.query(
          "INSERT INTO public.aggregates (type, id, version, state) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING",
          [type, id, JSON.stringify(state)],
        );
        if (inserted.count === 1) return { version: 0n, state };
      }
    },

    async store(tx, id, { from, to, state }) {
      const { count } = await tx.query(
        "UPDATE public.aggregates SET version = $4, state = $5 WHERE type = $1 AND id = $2 AND version = $3",
        [type, id, from, to, JSON.stringify(state)],
      );
      if (count !== 1) throw new Error(`${type} ${id} is no longer at version ${from}: it was stored without its lock`);
    },

    async release(tx, id, loaded) {
      if (loaded.version === 0n)
        await tx.query("DELETE FROM public.aggregates WHERE type = $1 AND id = $2 AND version = 0", [type, id]);
    },

    async loadAll(tx, ids) {
      // Sorted: two transactions that share aggregates meet at the first of them, and not crosswise.
      const { rows } = await tx.query<Row<State> & { id: string }>(
        "SELECT id, version, state FROM public.aggregates WHERE type = $1 AND id = ANY ($2::text[]) ORDER BY id FOR UPDATE",
        [type, ids],
      );
      const loaded = new Map(rows.map(({ id, version, state }) => [id, { version, state }]));
      const absent = ids.filter((id) => !loaded.has(id));
      if (absent.length === 0) return loaded;
      const inserted = await tx.query<{ id: string }>(
        `INSERT INTO public.aggregates (type, id, version, state)
         SELECT $1, id, 0, $3::jsonb FROM unnest($2::text[]) AS id ORDER BY id
         ON CONFLICT DO NOTHING RETURNING id`,
        [type, absent, JSON.stringify(initialState())],
      );
      for (const { id } of inserted.rows) loaded.set(id, { version: 0n, state: initialState() });
      return loaded;
    },

    async storeAll(tx, changes) {
      const { count } = await tx.query(
        `UPDATE public.aggregates a SET version = c.version, state = c.state::jsonb
         FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[]) AS c (id, "from", version, state)
         WHERE a.type = $1 AND a.id = c.id AND a.version = c."from"`,
        [
          type,
          changes.map(({ id }) => id),
          changes.map(({ from }) => from),
          changes.map(({ to }) => to),
          changes.map(({ state }) => JSON.stringify(state)),
        ],
      );
      if (count !== changes.length)
        throw new Error(`${changes.length - count} of ${changes.length} ${type}s were stored without their lock`);
    },

    async read(tx, id): Promise<Loaded<State> | undefined> {
      const { rows } = await tx.query<Row<State>>(
        "SELECT version, state FROM public.aggregates WHERE type = $1 AND id = $2",
        [type, id],
      );
      return rows[0];
    },
  };
}
