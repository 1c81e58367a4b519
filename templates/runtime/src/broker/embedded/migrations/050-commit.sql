-- Commits a group's position in a partition. Answers false, and changes nothing, when the partition has another owner
-- by now: that fences a member which was paused, lost its lease and wakes up.
--
-- A seek since the fetch wins: the position stays where the seek has put it.
-- Not flushed before it answers: after a crash of the server an older position hands records out again, and loses none.
CREATE FUNCTION broker.commit_position(
  of_group text, of_partition int, by_owner uuid, at_epoch bigint, after_seeks bigint, next bigint
) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE broker.group_partition
     SET next_offset = CASE WHEN seeks = after_seeks THEN next ELSE next_offset END
   WHERE group_name = of_group AND partition_id = of_partition AND owner = by_owner AND epoch = at_epoch;
  RETURN FOUND;
END
$$;
