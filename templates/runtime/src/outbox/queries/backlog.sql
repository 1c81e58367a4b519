-- How many rows have not left, and for how many seconds the oldest has waited. Parked and retried ones count.
SELECT count(*)::integer AS unpublished,
       coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::double precision AS "oldestSeconds"
FROM public.outbox
