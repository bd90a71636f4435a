-- What the table definitions cannot say: how rows are stored, and the functions that fail a pipelined transaction.

-- Half a page is left free for the next version of a row, and a row of up to half a page stays in it uncompressed:
-- an update then finds room on its own page and touches no index.
ALTER TABLE user_state SET (fillfactor = 50, toast_tuple_target = 4064, autovacuum_vacuum_scale_factor = 0.05);
--> statement-breakpoint
-- A handful of rows, each updated by every batch.
ALTER TABLE partitions SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
--> statement-breakpoint
-- Rows live for milliseconds: without this, dead ones outnumber the living by far before they are cleaned up.
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
--> statement-breakpoint
-- The fence. CA001: somebody else owns the partition, or its position is not where the caller thinks it is.
CREATE FUNCTION cairn_advance(of_partition smallint, of_epoch bigint, old_seq bigint, new_seq bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE partitions SET last_seq = new_seq
   WHERE partition = of_partition AND epoch = of_epoch AND last_seq = old_seq;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'partition % is not at sequence % in epoch %', of_partition, old_seq, of_epoch USING ERRCODE = 'CA001';
  END IF;
END
$$;
--> statement-breakpoint
-- Fails the transaction with the given SQLSTATE where a statement did not write as many rows as it was sent.
-- CA002: an unlock exists already. CA003: an unlock that is to be revoked or restored does not exist.
CREATE FUNCTION cairn_expect(written bigint, sent bigint, sqlstate_if_fewer text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF written IS DISTINCT FROM sent THEN
    RAISE EXCEPTION '% of % rows written', written, sent USING ERRCODE = sqlstate_if_fewer;
  END IF;
END
$$;
