-- Whoever moves a floor holds these locks: what the next statement sees cannot be outdated by another one's move.
SELECT shard FROM public.outbox_shard ORDER BY shard FOR UPDATE
