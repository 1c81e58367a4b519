-- What has left, kept for the outbox's retention: to look things up, and to send again after a disaster. Apart from the
-- outbox, so that a long retention does not slow the relay, and cleaning up cannot touch a row that has not left.

CREATE TABLE public.outbox_published (
  id uuid NOT NULL,
  aggregatetype text NOT NULL,
  aggregateid text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  topic text NOT NULL,
  position bigint NOT NULL,
  headers jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  -- When the broker's acknowledgement was recorded.
  published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (published_at, position)
) WITH (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 10000
);
