-- The highest position drawn so far, by transactions that have committed or not.
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS position FROM public.outbox_position_seq
