-- Who sends which shard; no owner where the lease has run out.
SELECT shard, CASE WHEN lease_until > clock_timestamp() THEN owner END AS owner, token, floor
FROM public.outbox_shard ORDER BY shard
