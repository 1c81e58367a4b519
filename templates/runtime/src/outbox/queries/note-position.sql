-- Notes with this relay the highest position drawn so far, by transactions that have committed or not, and answers it.
-- In the database, for a sequence's numbers become durable with a commit: this one's. After a crash that has taken back
-- numbers nobody committed, or a switch to a standby that lacks some, what is noted here has gone back with them.
-- $1 relay
UPDATE public.outbox_relay
SET noted_position = (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM public.outbox_position_seq)
WHERE name = $1
RETURNING noted_position AS position
