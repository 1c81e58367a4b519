-- Stores transitions. Compare and set (R2, R9): a row whose revision is not the one that was seen stays as it is, and is
-- not answered; the caller then stores nothing of the whole transaction.
-- $1 ids, $2 revisions seen, $3 revisions, $4 status, $5 stuck, $6 parked, $7 over, $8 states, $9 rows for the log
UPDATE public.saga s
SET revision = m.revision,
    status = m.status,
    stuck = m.stuck,
    parked = m.parked,
    state = m.state::jsonb,
    log_length = s.log_length + m.entries,
    updated_at = clock_timestamp(),
    ended_at = CASE WHEN m.over THEN coalesce(s.ended_at, clock_timestamp()) END
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[], $6::boolean[], $7::boolean[], $8::text[],
            $9::bigint[])
  AS m (id, seen, revision, status, stuck, parked, over, state, entries)
WHERE s.id = m.id
  AND s.revision = m.seen
RETURNING s.id, s.log_length AS "logLength"
