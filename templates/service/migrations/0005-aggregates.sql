-- The state of this service's aggregates: one row each.
-- The row is also the lock that orders an aggregate's commands, and with them its events in the outbox.
CREATE TABLE public.aggregates (
  type    text   NOT NULL,
  id      text   NOT NULL,
  version bigint NOT NULL CHECK (version >= 0),   -- how many events have happened to it
  state   jsonb  NOT NULL,
  PRIMARY KEY (type, id)
);
