import { type Advance, bindAdvances } from '../hot/advancePartitions.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Moves a partition over entries that change nothing else. Rejects with `fenced` as `commitBatch` does. */
export async function advancePosition(db: Queryable, to: Advance): Promise<void> {
  await runQuery(db, bindAdvances([to]));
}
