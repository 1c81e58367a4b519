-- The next rows to send, of the shards that this relay owns by the database's clock, each shard's in order of position.
-- All that is unpublished is seen, from the lowest position on: no cursor moves past a row whose transaction commits
-- late, and no row is skipped because another relay holds it (that is how SKIP LOCKED turns an aggregate's events around).
-- $1 relay, $2 rows at most, $3 bytes of payload at most (the first row always fits)
WITH owned AS MATERIALIZED (
  SELECT s.shard, s.token, s.floor
  FROM public.outbox_shard s
  WHERE s.owner = $1 AND s.lease_until > clock_timestamp()
), busy AS MATERIALIZED (
  SELECT o.shard, o.token, o.floor
  FROM owned o
  WHERE EXISTS (SELECT FROM public.outbox r WHERE r.shard = o.shard AND r.position > o.floor)
), claimed AS (
  SELECT r.id, r.aggregatetype, r.aggregateid, r.type, r.payload, r.topic, r.headers, r.position, r.created_at,
         b.shard, b.token,
         sum(pg_column_size(r.payload)) OVER (ORDER BY r.position) - pg_column_size(r.payload) AS bytes_before
  FROM busy b
  CROSS JOIN LATERAL (
    SELECT *
    FROM public.outbox r
    WHERE r.shard = b.shard
      AND r.position > b.floor
      -- An aggregate that failed waits, alone. OFFSET 0 keeps the planner from a join that would sort the whole backlog.
      AND NOT EXISTS (
        SELECT FROM public.outbox_blocked x
        WHERE x.topic = r.topic AND x.aggregateid = r.aggregateid
          AND (x.parked_at IS NOT NULL OR x.retry_at > clock_timestamp())
        OFFSET 0
      )
    ORDER BY r.position
    -- Busy shards share the batch, so that one with a long backlog does not starve the others.
    LIMIT greatest(1, $2::bigint / (SELECT count(*) FROM busy))
  ) r
)
SELECT id, aggregatetype AS "aggregateType", aggregateid AS key, type, payload::text AS payload, topic,
       headers::text AS envelope, position, created_at AS "createdAt", shard, token
FROM claimed
WHERE bytes_before < $3::bigint
ORDER BY position
