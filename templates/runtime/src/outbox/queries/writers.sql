-- The transactions that may hold rows of the outbox which nobody else sees yet. An INSERT takes this lock before it
-- draws a position and keeps it until its transaction ends. Unlike `pg_snapshot_xmin` this sees the outbox alone: an
-- idle transaction elsewhere, even in another database, holds up nothing.
SELECT virtualtransaction AS writer
FROM pg_catalog.pg_locks
WHERE locktype = 'relation'
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND relation = 'public.outbox'::regclass
  AND mode = 'RowExclusiveLock'
  AND granted
