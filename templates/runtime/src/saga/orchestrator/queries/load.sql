-- Sagas as they stand. No lock: what was seen is named by its revision, and store.sql refuses what has moved on since.
-- A process that is paused here holds up nobody.
-- $1 ids
SELECT s.id, s.saga, s.definition_hash AS "definitionHash", s.revision, s.state,
       s.trigger_fingerprint AS fingerprint, s.correlationid, s.traceparent, s.started_at AS "startedAt"
FROM public.saga s
WHERE s.id = ANY ($1::text[])
