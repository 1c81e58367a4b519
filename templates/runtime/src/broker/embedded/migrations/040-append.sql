-- Appends records, in the order of the arrays, and gives them their offsets. Their values lie behind each other in
-- `contents`, `lengths` says where each ends: one bytea travels in binary, an array of them as four times the text.
--
-- Guarantee: who sees an offset sees every lower one of its partition. The partitions' rows are locked before offsets
-- are given out, and stay locked until the records are committed; a sequence would give an offset to a transaction
-- that commits after a higher one has been read. The locks are taken in one order, so that publishers never deadlock.
CREATE FUNCTION broker.append(partition_ids int[], keys text[], headers text[], contents bytea, lengths int[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM FROM broker.partition WHERE id = ANY (partition_ids) ORDER BY id FOR NO KEY UPDATE;

  -- A statement of its own: its snapshot is younger than the locks, and so sees the offsets given out before them.
  INSERT INTO broker.record (partition_id, "offset", key, headers, value)
  SELECT p.id,
         p.next_offset + row_number() OVER (PARTITION BY p.id ORDER BY r.place) - 1,
         r.key, r.headers::json, substring(contents FROM r.before + 1 FOR r.length)
    FROM (
      SELECT listed.*, (sum(length) OVER (ORDER BY place) - length)::int AS before
        FROM unnest(partition_ids, keys, headers, lengths) WITH ORDINALITY
          AS listed (partition_id, key, headers, length, place)
    ) AS r
    JOIN broker.partition p ON p.id = r.partition_id;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(partition_ids) THEN
    RAISE EXCEPTION 'a partition of this batch does not exist';
  END IF;

  UPDATE broker.partition p
     SET next_offset = p.next_offset + added.count
    FROM (SELECT id, count(*) FROM unnest(partition_ids) AS id GROUP BY id) AS added
   WHERE p.id = added.id;
END
$$;
