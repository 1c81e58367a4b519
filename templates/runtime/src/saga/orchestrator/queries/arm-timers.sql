-- The clock of an attempt starts when its command has left (R13): run in the transaction that records it as published.
-- Locked in the order of cancel-timers.sql.
-- $1 messages
WITH left_now AS MATERIALIZED (
  SELECT t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt
  FROM public.saga_timer t
  WHERE t.message_id = ANY ($1::uuid[]) AND t.due_at IS NULL
  ORDER BY t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt
  FOR UPDATE
)
UPDATE public.saga_timer t
SET due_at = clock_timestamp() + t.delay_ms * interval '1 ms'
FROM left_now n
WHERE (t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt)
    = (n.saga_id, n.kind, n.step, n.direction, n.round, n.attempt)
RETURNING t.delay_ms::double precision AS "delayMs"
