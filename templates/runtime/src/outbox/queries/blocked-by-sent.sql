-- Whether free-sent.sql has something to do. It seldom has, and it needs every shard's lock.
SELECT EXISTS (
  SELECT FROM public.outbox_blocked b WHERE NOT EXISTS (SELECT FROM public.outbox o WHERE o.id = b.message_id)
) AS found
