-- `cairn_expect` has taken its place: every batch moves all its partitions in one statement.
DROP FUNCTION cairn_advance(smallint, bigint, bigint, bigint);
