-- Messages that a consumer gave up, and the later ones of the same key, which must not overtake them.

CREATE TABLE public.dead_letter (
  -- Order of the letters of one key.
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer text NOT NULL,
  -- NULL when the record could not be read.
  message_id uuid,
  type text,
  topic text NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  record_time timestamptz NOT NULL,
  key text NOT NULL,
  -- The record's value as it came: it need not be JSON.
  payload bytea NOT NULL,
  headers jsonb NOT NULL,
  -- failed: waits for an operator. waiting: behind an earlier letter of its key. replaying: its consumer is about to
  -- handle it. replayed, discarded: over.
  status text NOT NULL CHECK (status IN ('failed', 'waiting', 'replaying', 'replayed', 'discarded')),
  attempts integer NOT NULL DEFAULT 0,
  error text,
  stack text,
  first_failed_at timestamptz,
  last_failed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  resolved_at timestamptz,
  -- Why an operator discarded it.
  reason text
);

-- The next letter of a key, and what an operator looks at.
CREATE INDEX dead_letter_open ON public.dead_letter (consumer, topic, key, id)
  WHERE status IN ('failed', 'waiting', 'replaying');

CREATE INDEX dead_letter_resolved ON public.dead_letter (resolved_at) WHERE resolved_at IS NOT NULL;

-- The keys that have open letters. Whoever adds a letter or resolves one holds this row's lock, so that no message is
-- parked behind a letter that has just been resolved, and none passes one that has just failed.
CREATE TABLE public.dead_letter_key (
  consumer text NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  -- failed: its first letter waits for an operator. draining: its consumer handles its letters in order.
  state text NOT NULL CHECK (state IN ('failed', 'draining')),
  PRIMARY KEY (consumer, topic, key)
);

CREATE INDEX dead_letter_key_draining ON public.dead_letter_key (consumer, topic, key) WHERE state = 'draining';
