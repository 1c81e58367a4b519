-- The timers that are due by this database's clock (R8), for this process alone: their sagas are locked. One that is
-- being moved by somebody else is passed over; its timer is looked at again, if it is still there.
-- A saga is locked, not a timer: whoever moves a saga deletes its timers after, and would wait the other way around.
-- $1 timers at most
SELECT t.saga_id AS "sagaId", t.kind, t.step, t.direction, t.round, t.attempt
FROM public.saga_timer t
JOIN public.saga s ON s.id = t.saga_id
WHERE t.due_at <= statement_timestamp()
ORDER BY t.due_at
LIMIT $1
FOR NO KEY UPDATE OF s SKIP LOCKED
