import type { BoundStatement, HotStatement } from './HotStatement.js';

const advancePartition: HotStatement = {
  name: 'cairn_advance',
  text: 'SELECT cairn_advance($1::smallint, $2::bigint, $3::bigint, $4::bigint)',
};

export interface Advance {
  partition: number;
  epoch: number;
  oldSeq: number;
  newSeq: number;
}

export function bindAdvance(to: Advance): BoundStatement {
  return { ...advancePartition, values: [String(to.partition), String(to.epoch), String(to.oldSeq), String(to.newSeq)] };
}
