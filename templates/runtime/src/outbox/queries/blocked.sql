-- The aggregates that wait: parked ones for an operator, the others for their next attempt.
SELECT b.topic, b.aggregatetype AS "aggregateType", b.aggregateid AS "aggregateId", b.message_id AS "messageId",
       b.attempts, b.reason, b.first_failed_at AS since, b.parked_at IS NOT NULL AS parked, b.retry_at AS "retryAt"
FROM public.outbox_blocked b
ORDER BY b.first_failed_at, b.topic, b.aggregateid
LIMIT 1000
