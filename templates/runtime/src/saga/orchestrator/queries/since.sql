-- When the steps of sagas were first asked for, by their logs.
-- $1 ids
SELECT saga_id AS id, step, min(at) AS since
FROM public.saga_log
WHERE saga_id = ANY ($1::text[]) AND what = 'command-sent' AND direction = 'forward'
GROUP BY saga_id, step
