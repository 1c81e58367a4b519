-- For `eda trace`: what has left under a correlation id. On what is kept alone, never on the outbox that relays claim
-- from. Compared by bytes: the service's own correlation ids begin with their time, so that new rows meet at one end of
-- the index and cost about two microseconds each.
CREATE INDEX outbox_published_correlation
  ON public.outbox_published (((headers ->> 'correlationid') COLLATE "C"));
