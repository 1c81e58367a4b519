-- Begins sagas. The primary key decides between two that begin the same one (R1): a row that is there already is not
-- answered, and the caller looks at it instead.
-- $1 ids, $2 sagas, $3 keys, $4 definitions, $5 revisions, $6 status, $7 stuck, $8 parked, $9 over, $10 states,
-- $11 rows for the log, $12 fingerprints, $13 triggers, $14 correlation ids, $15 traces
INSERT INTO public.saga
  (id, saga, key, definition_hash, revision, status, stuck, parked, ended_at, state, log_length, trigger_fingerprint,
   trigger_id, correlationid, traceparent)
SELECT m.id, m.saga, m.key, m.hash, m.revision, m.status, m.stuck, m.parked,
       CASE WHEN m.over THEN clock_timestamp() END, m.state::jsonb, m.entries, m.fingerprint, m.trigger_id,
       m.correlationid, m.traceparent
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::boolean[], $8::boolean[],
            $9::boolean[], $10::text[], $11::bigint[], $12::text[], $13::uuid[], $14::text[], $15::text[])
  AS m (id, saga, key, hash, revision, status, stuck, parked, over, state, entries, fingerprint, trigger_id,
        correlationid, traceparent)
ON CONFLICT (id) DO NOTHING
RETURNING id, log_length AS "logLength"
