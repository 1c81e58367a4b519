-- Moves the floors of this relay's shards up to their first row that remains to be sent, but not past `$2`: a
-- transaction that drew a lower position may still commit. Nor past what is noted in the database: see
-- note-position.sql. Rows of parked aggregates do not count: `unpark` comes back for them.
-- $1 relay, $2 position up to which every row is committed or will never be
UPDATE public.outbox_shard s
SET floor = greatest(s.floor, least($2::bigint, r.noted_position, (
  SELECT o.position - 1 FROM public.outbox o
  WHERE o.shard = s.shard
    AND o.position > s.floor
    AND NOT EXISTS (
      SELECT FROM public.outbox_blocked b
      WHERE b.topic = o.topic AND b.aggregateid = o.aggregateid AND b.parked_at IS NOT NULL
      OFFSET 0
    )
  ORDER BY o.position
  LIMIT 1
)))
FROM public.outbox_relay r
WHERE s.owner = $1 AND r.name = $1
