import { int4Array, int8Array } from '../binaryArrays.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/**
 * The fence. CA001 fails the transaction where somebody else owns one of the partitions, or its position is not where the caller
 * thinks it is.
 */
const advancePartitions: HotStatement = {
  name: 'cairn_advance_partitions',
  text: `
    WITH moved AS (
      UPDATE partitions AS p SET last_seq = r.new_seq
        FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::int8[]) AS r(partition, epoch, old_seq, new_seq)
       WHERE p.partition = r.partition::int2 AND p.epoch = r.epoch AND p.last_seq = r.old_seq
      RETURNING 1
    )
    SELECT cairn_expect(count(*), $5::int8, 'CA001') FROM moved`,
};

export interface Advance {
  partition: number;
  epoch: number;
  oldSeq: number;
  newSeq: number;
}

export function bindAdvances(advances: readonly Advance[]): BoundStatement {
  return {
    ...advancePartitions,
    values: [
      int4Array(advances.map(({ partition }) => partition)),
      int8Array(advances.map(({ epoch }) => epoch)),
      int8Array(advances.map(({ oldSeq }) => oldSeq)),
      int8Array(advances.map(({ newSeq }) => newSeq)),
      String(advances.length),
    ],
  };
}
