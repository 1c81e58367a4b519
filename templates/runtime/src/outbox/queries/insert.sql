-- Puts messages into the outbox, in the order given: positions are drawn after the sort.
-- $1 ids, $2 aggregate types, $3 aggregate ids (the keys), $4 types, $5 payloads, $6 topics, $7 envelopes
INSERT INTO public.outbox (id, aggregatetype, aggregateid, type, payload, topic, headers)
SELECT m.id, m.aggregatetype, m.aggregateid, m.type, m.payload::jsonb, m.topic, m.headers::jsonb
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
  WITH ORDINALITY AS m (id, aggregatetype, aggregateid, type, payload, topic, headers, ordinality)
ORDER BY m.ordinality
