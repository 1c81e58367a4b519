-- The sagas that this service hosts: where each stands, what it waits for, what has happened to it.

-- Every definition that an instance has begun with. An instance keeps its own, by hash, when the file is edited.
CREATE TABLE public.saga_definition (
  saga text NOT NULL,
  -- SHA-256 of the definition's canonical JSON, in hexadecimal.
  hash text NOT NULL,
  version integer NOT NULL,
  definition jsonb NOT NULL,
  first_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (saga, hash)
);

CREATE TABLE public.saga (
  -- <name>:<key>. The primary key is what keeps a redelivered trigger from beginning a second saga.
  id text PRIMARY KEY,
  saga text NOT NULL,
  key text NOT NULL,
  definition_hash text NOT NULL,
  -- One higher with each transition, which names the one it saw: a process that was paused cannot change what has
  -- moved on meanwhile.
  revision bigint NOT NULL,
  -- running, compensating, completed, compensated, completed-with-exceptions, compensated-with-exceptions
  status text NOT NULL,
  stuck boolean NOT NULL DEFAULT false,
  -- Whether the relay cannot send some command of it: those are looked at until it can.
  parked boolean NOT NULL DEFAULT false,
  state jsonb NOT NULL,
  -- Rows in its log: the next one's number follows.
  log_length bigint NOT NULL DEFAULT 0,
  -- SHA-256 of the trigger's data: the same id with another payload is an error.
  trigger_fingerprint text NOT NULL,
  trigger_id uuid NOT NULL,
  correlationid text NOT NULL,
  traceparent text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
) WITH (fillfactor = 70);

-- The limit on what is in flight; stuck ones are not counted.
CREATE INDEX saga_in_flight ON public.saga (saga) WHERE ended_at IS NULL AND NOT stuck;
CREATE INDEX saga_stuck ON public.saga (saga, started_at) WHERE stuck;
CREATE INDEX saga_parked ON public.saga (id) WHERE parked;
CREATE INDEX saga_correlation ON public.saga (correlationid);
CREATE INDEX saga_ended ON public.saga (ended_at) WHERE ended_at IS NOT NULL;

-- Timers are rows, and this database's clock decides. One is known by all of its name and armed once.
CREATE TABLE public.saga_timer (
  saga_id text NOT NULL,
  -- timeout, backoff, deadline
  kind text NOT NULL,
  -- Empty for the deadline.
  step text NOT NULL,
  direction text NOT NULL,
  round integer NOT NULL,
  attempt integer NOT NULL,
  delay_ms bigint NOT NULL,
  -- NULL: not armed. The relay arms it in the transaction that records `message_id` as sent.
  due_at timestamptz,
  message_id uuid,
  PRIMARY KEY (saga_id, kind, step, direction, round, attempt)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE INDEX saga_timer_due ON public.saga_timer (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX saga_timer_unarmed ON public.saga_timer (message_id) WHERE due_at IS NULL;

-- What happened, when, and which message caused it.
CREATE TABLE public.saga_log (
  saga_id text NOT NULL,
  seq bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  what text NOT NULL,
  step text,
  direction text,
  round integer,
  attempt integer,
  caused_by uuid,
  detail jsonb,
  PRIMARY KEY (saga_id, seq)
);
