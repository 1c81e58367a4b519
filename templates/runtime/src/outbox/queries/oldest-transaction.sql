-- How many transactions have begun since the oldest that is still open, in any database of the cluster, and how many
-- seconds the oldest one lasts that this role may see. A long one keeps dead rows from being vacuumed.
SELECT (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
         AS transactions,
       (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::double precision
        FROM pg_catalog.pg_stat_activity WHERE pid <> pg_backend_pid()) AS seconds
