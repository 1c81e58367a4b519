-- Records what the broker has acknowledged. Whoever sent a row may say so, also a relay that has lost the shard since:
-- it is true, and the rows that were there are answered to one caller alone.
-- Not flushed before it answers. What a crash of the server takes back with it is sent again with the same ids, in order,
-- and its consumers know it; what must not be lost, or raises a floor above these rows, is committed after them, and what
-- is flushed is always the log's beginning. The rest of the transaction, such as arming a saga's timers, goes with it.
-- $1 ids, $2 whether published rows are kept
WITH unflushed AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true)
), sent AS (
  DELETE FROM public.outbox WHERE id = ANY ($1::uuid[])
  RETURNING id, aggregatetype, aggregateid, type, payload, topic, position, headers, created_at
), kept AS (
  INSERT INTO public.outbox_published
    (id, aggregatetype, aggregateid, type, payload, topic, position, headers, created_at)
  SELECT * FROM sent WHERE $2::boolean
), unblocked AS (
  -- Not a parked one: the floor may have passed the rows that wait behind it, and only free-sent.sql takes it back.
  DELETE FROM public.outbox_blocked b USING sent WHERE b.message_id = sent.id AND b.parked_at IS NULL
)
SELECT sent.id FROM sent, unflushed
