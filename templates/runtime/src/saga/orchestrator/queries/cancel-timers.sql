-- Deletes timers: those that have fired, and those that have no meaning any more. What is null matches everything.
-- Locked in the order of arm-timers.sql: the relay arms, in one transaction, timers of many sagas that move meanwhile.
-- $1 sagas, $2 steps, $3 directions, $4 kinds, $5 rounds, $6 attempts
WITH doomed AS MATERIALIZED (
  SELECT t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt
  FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[])
    AS c (saga_id, step, direction, kind, round, attempt)
  JOIN public.saga_timer t ON t.saga_id = c.saga_id
    AND (c.step IS NULL OR (t.step = c.step AND t.direction = c.direction))
    AND (c.kind IS NULL OR (t.kind = c.kind AND t.round = c.round AND t.attempt = c.attempt))
  ORDER BY t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt
  FOR UPDATE OF t
)
DELETE FROM public.saga_timer t USING doomed d
WHERE (t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt)
    = (d.saga_id, d.kind, d.step, d.direction, d.round, d.attempt)
