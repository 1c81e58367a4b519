-- Whoever holds a group's row lock may change who its members are and what is assigned to whom.
CREATE TABLE broker.consumer_group (
  name text PRIMARY KEY
);

-- A subscription that runs. One whose lease has run out is removed by any other of its group.
CREATE TABLE broker.member (
  id uuid PRIMARY KEY,
  group_name text NOT NULL REFERENCES broker.consumer_group (name),
  -- The same after a restart, so that the restarted one takes the place of the old one at once.
  instance text,
  topics text[] NOT NULL,
  -- By this server's clock: the members' clocks need not agree.
  lease_until timestamptz NOT NULL,
  UNIQUE (group_name, instance)
) WITH (fillfactor = 50);

CREATE TABLE broker.group_partition (
  group_name text NOT NULL REFERENCES broker.consumer_group (name),
  partition_id int NOT NULL REFERENCES broker.partition (id),
  -- Offset of the next record to read.
  next_offset bigint NOT NULL,
  -- Counts seeks: a batch that was fetched before one must not commit over it.
  seeks bigint NOT NULL DEFAULT 0,
  -- Who shall read the partition, and who does. They differ while the owner finishes its batch.
  assigned uuid,
  owner uuid,
  -- One higher for each owner. (owner, epoch) fences: what a former owner commits is refused.
  epoch bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (group_name, partition_id)
) WITH (fillfactor = 50);
