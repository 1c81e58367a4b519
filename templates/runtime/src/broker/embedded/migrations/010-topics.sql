CREATE SCHEMA broker;

CREATE TABLE broker.topic (
  name text PRIMARY KEY,
  -- Never changed: another number would put a key's later records on another partition.
  partitions int NOT NULL CHECK (partitions > 0)
);

CREATE TABLE broker.partition (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic text NOT NULL REFERENCES broker.topic (name),
  number int NOT NULL,
  -- Offset of the oldest record that retention has left.
  start_offset bigint NOT NULL DEFAULT 0,
  -- Offset that the next record will have. Whoever holds this row's lock gives offsets out.
  next_offset bigint NOT NULL DEFAULT 0,
  UNIQUE (topic, number)
) WITH (fillfactor = 50);
