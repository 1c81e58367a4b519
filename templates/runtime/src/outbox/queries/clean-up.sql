-- Deletes published rows that are older than the retention, some at a time. What has not left lies in another table.
-- $1 retention in ms, $2 rows at most
DELETE FROM public.outbox_published
WHERE (published_at, position) IN (
  SELECT published_at, position FROM public.outbox_published
  WHERE published_at < clock_timestamp() - $1::double precision * interval '1 ms'
  ORDER BY published_at, position
  LIMIT $2::bigint
)
