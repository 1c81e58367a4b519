-- What this service has done for sagas: one row a saga and step, whichever way the commands came and however often.
-- Both directions begin by inserting or locking their row, in whatever process: it decides what a command means now.

CREATE TABLE public.saga_participant (
  -- <saga>:<key>
  saga_id text NOT NULL,
  -- A step's id, `completed` or `compensated`. In the key: a saga has a row for each, never one for all.
  step text NOT NULL,

  forward_round integer,
  -- success, failure; NULL: it has not been done, or its outcome is open.
  forward_outcome text CHECK (forward_outcome IN ('success', 'failure')),
  -- {type, dataschema, data} of the reply, sent again to whoever asks again.
  forward_reply jsonb,
  -- The idempotency key that an external call was made with, and is made with again.
  forward_key text,
  -- An external call without an outcome: when it was last begun, by this database's clock, and what it may take.
  forward_called_at timestamptz,
  forward_limit_ms integer,
  -- The tombstone. From then on no forward is done, in any round: a compensation has begun, or an operator said so.
  forward_refused_at timestamptz,

  compensation_round integer,
  compensation_outcome text CHECK (compensation_outcome IN ('success', 'failure')),
  -- {noop: true} when there was nothing to undo.
  compensation_reply jsonb,
  -- The compensation that has begun while the forward's outcome was open, to be run again if that comes after all.
  compensation_task jsonb,
  -- The forward's outcome came after the compensation's: its call is to be made again.
  compensation_again boolean NOT NULL DEFAULT false,
  -- An operator has skipped it.
  compensation_refused_at timestamptz,

  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  touched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The guarantee itself: a forward and its compensation meet at this row, and the second waits for the first.
  PRIMARY KEY (saga_id, step)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- For the clean-up by age. Rows are touched in about the order in which they were made, so a block range index will do.
CREATE INDEX saga_participant_by_age ON public.saga_participant USING brin (touched_at) WITH (pages_per_range = 16);

-- What a process that ended has left undone: looked for again and again, and nearly always nothing.
CREATE INDEX saga_participant_owed ON public.saga_participant (saga_id) WHERE compensation_again;
