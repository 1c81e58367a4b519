-- Answers given to requests with an Idempotency-Key, so that a repeated request is answered and not done again.
-- The row is inserted first in the command's transaction: a second request with the same key waits for that
-- transaction at the primary key, and then sees its answer, or, after a rollback, does the work itself.
CREATE TABLE public.http_idempotency (
  client      text        NOT NULL,                 -- issuer and subject of the bearer token; empty without authentication
  key         text        NOT NULL,
  fingerprint text        NOT NULL,                 -- SHA-256 of command and data: the same key for another request is refused
  status      smallint,                             -- set, with the answer, before the transaction commits
  answer      text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client, key)
);

-- Rows older than 24 hours are deleted by the service itself, at its start and every hour.
CREATE INDEX http_idempotency_created_at ON public.http_idempotency (created_at);
