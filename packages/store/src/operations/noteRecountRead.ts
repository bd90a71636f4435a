import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** Says how far a recount has read, for those who watch: nothing depends on it. */
export async function noteRecountRead(
  db: Queryable,
  read: { tenantKey: number; partition: number; logSeq: number; readSeq: number },
): Promise<void> {
  await runCommand(db, {
    text: `UPDATE recounts SET read_seq = $4::int8
            WHERE tenant_key = $1::int4 AND partition = $2::int2 AND log_seq = $3::int8 AND kind = 'recount'`,
    values: [read.tenantKey, read.partition, read.logSeq, read.readSeq],
  });
}
