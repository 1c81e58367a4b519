-- Timers, each known by all of its name and set once (R4). One that has a message waits unarmed until that has left
-- (R13); the others run from now on, by this database's clock (R8).
-- $1 sagas, $2 kinds, $3 steps, $4 directions, $5 rounds, $6 attempts, $7 delays in ms, $8 messages
INSERT INTO public.saga_timer (saga_id, kind, step, direction, round, attempt, delay_ms, message_id, due_at)
SELECT t.saga_id, t.kind, t.step, t.direction, t.round, t.attempt, t.delay_ms, t.message_id,
       CASE WHEN t.message_id IS NULL THEN clock_timestamp() + t.delay_ms * interval '1 ms' END
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::integer[], $7::bigint[], $8::uuid[])
  AS t (saga_id, kind, step, direction, round, attempt, delay_ms, message_id)
ON CONFLICT DO NOTHING
