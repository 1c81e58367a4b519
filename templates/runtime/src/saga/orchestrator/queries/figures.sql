-- How many sagas of each name are in flight, and how many are stuck.
SELECT saga, count(*) FILTER (WHERE NOT stuck)::integer AS "inFlight", count(*) FILTER (WHERE stuck)::integer AS stuck
FROM (
  SELECT saga, stuck FROM public.saga WHERE ended_at IS NULL AND NOT stuck
  UNION ALL
  SELECT saga, stuck FROM public.saga WHERE stuck
) AS open
GROUP BY saga
