-- Appends records, in the order of the arrays, and gives them their offsets.
--
-- Guarantee: who sees an offset sees every lower one of its partition. The partitions' rows are locked before offsets
-- are given out, and stay locked until the records are committed; a sequence would give an offset to a transaction
-- that commits after a higher one has been read. The locks are taken in one order, so that publishers never deadlock.
CREATE FUNCTION broker.append(partition_ids int[], keys text[], headers text[], contents bytea[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  written bigint;
BEGIN
  PERFORM FROM broker.partition WHERE id = ANY (partition_ids) ORDER BY id FOR NO KEY UPDATE;

  -- A statement of its own: its snapshot is younger than the locks, and so sees the offsets given out before them.
  INSERT INTO broker.record (partition_id, "offset", key, headers, value)
  SELECT p.id,
         p.next_offset + row_number() OVER (PARTITION BY p.id ORDER BY r.place) - 1,
         r.key, r.headers::json, r.content
    FROM unnest(partition_ids, keys, headers, contents) WITH ORDINALITY AS r (partition_id, key, headers, content, place)
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
