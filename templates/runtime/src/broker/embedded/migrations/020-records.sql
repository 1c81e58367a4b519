-- The log. Rows are written by broker.append alone, and never changed.
CREATE TABLE broker.record (
  partition_id int NOT NULL,
  "offset" bigint NOT NULL,
  key text NOT NULL,
  -- json, not jsonb: kept as it was written, \u0000 included.
  headers json NOT NULL,
  value bytea NOT NULL,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (partition_id, "offset")
);
