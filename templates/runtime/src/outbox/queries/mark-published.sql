-- Records what the broker has acknowledged. Whoever sent a row may say so, also a relay that has lost the shard since:
-- it is true, and the rows that were there are answered to one caller alone.
-- $1 ids, $2 whether published rows are kept
WITH sent AS (
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
SELECT id FROM sent
