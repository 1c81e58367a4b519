-- How many sagas of a name are in flight, counted up to the limit; stuck ones do not count (R20).
-- $1 saga, $2 limit
SELECT count(*)::integer AS count
FROM (SELECT FROM public.saga WHERE saga = $1 AND ended_at IS NULL AND NOT stuck LIMIT $2::bigint) AS counted
