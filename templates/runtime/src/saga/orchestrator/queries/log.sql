-- What has happened (R11), in the order given.
-- $1 sagas, $2 numbers, $3 what, $4 steps, $5 directions, $6 rounds, $7 attempts, $8 causes, $9 details
INSERT INTO public.saga_log (saga_id, seq, what, step, direction, round, attempt, caused_by, detail)
SELECT l.saga_id, l.seq, l.what, l.step, l.direction, l.round, l.attempt, l.caused_by, l.detail::jsonb
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::uuid[],
            $9::text[])
  WITH ORDINALITY AS l (saga_id, seq, what, step, direction, round, attempt, caused_by, detail, ordinality)
ORDER BY l.ordinality
