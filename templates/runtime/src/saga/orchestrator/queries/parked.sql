-- Where sagas and relay do not agree about what is parked (R13). A command that has not left is one whose timer is not
-- armed. It cannot leave while an aggregate of its topic and key is parked: its own row, or one before it.
WITH held AS MATERIALIZED (
  SELECT t.saga_id, t.step, t.direction
  FROM public.outbox_blocked b
  JOIN public.saga_timer t ON t.saga_id = b.aggregateid AND t.due_at IS NULL
  JOIN public.outbox o ON o.id = t.message_id AND o.topic = b.topic AND o.aggregateid = b.aggregateid
  WHERE b.parked_at IS NOT NULL
)
SELECT 'parked' AS type, s.id, h.step, h.direction
FROM held h
JOIN public.saga s ON s.id = h.saga_id
WHERE s.state #>> ARRAY['steps', h.step, h.direction, 'status'] = 'waiting'
  AND s.state #>> ARRAY['steps', h.step, h.direction, 'parked'] IS NULL
UNION ALL
SELECT 'unparked', s.id, step.key, course.key
FROM public.saga s, jsonb_each(s.state -> 'steps') AS step, jsonb_each(step.value) AS course
WHERE s.parked
  AND course.value ->> 'parked' = 'true'
  AND NOT EXISTS (
    SELECT FROM held h WHERE h.saga_id = s.id AND h.step = step.key AND h.direction = course.key
  )
LIMIT 1000
