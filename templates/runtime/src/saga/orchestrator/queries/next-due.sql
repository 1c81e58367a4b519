-- Milliseconds until the next timer is due; null without any.
SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::double precision AS "inMs"
FROM public.saga_timer WHERE due_at IS NOT NULL
