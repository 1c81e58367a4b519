-- Forgets sagas that ended longer ago than the retention, some at a time, with their logs and timers. One that has not
-- ended, or is stuck, is never forgotten.
-- $1 retention in ms, $2 sagas at most
WITH old AS MATERIALIZED (
  SELECT id FROM public.saga
  WHERE ended_at < statement_timestamp() - $1::double precision * interval '1 ms'
  ORDER BY ended_at
  LIMIT $2::bigint
  FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM public.saga s USING old WHERE s.id = old.id
), logs AS (
  DELETE FROM public.saga_log l USING old WHERE l.saga_id = old.id
), timers AS (
  DELETE FROM public.saga_timer t USING old WHERE t.saga_id = old.id
)
SELECT count(*)::integer AS count FROM old
