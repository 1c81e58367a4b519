-- A timer that cannot be carried out is tried again later, so that the others do not wait behind it.
-- $1 saga, $2 kind, $3 step, $4 direction, $5 round, $6 attempt, $7 ms
UPDATE public.saga_timer SET due_at = clock_timestamp() + $7::bigint * interval '1 ms'
WHERE saga_id = $1 AND kind = $2 AND step = $3 AND direction = $4 AND round = $5 AND attempt = $6
