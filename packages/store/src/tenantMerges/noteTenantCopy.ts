import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { TenantMerge } from './TenantMerge.js';

/** How far the history of a merged tenant has come along. Two who note it at once never take it back. */
export async function noteTenantCopy(
  db: Queryable,
  of: Pick<TenantMerge, 'tenantKey' | 'scannedSeq' | 'events'> & { isFinished: boolean },
): Promise<void> {
  await runCommand(db, {
    text: `INSERT INTO tenant_copies AS c (tenant_key, scanned_seq, events, finished_at)
           VALUES ($1, $2, $3, CASE WHEN $4::bool THEN now() END)
           ON CONFLICT (tenant_key) DO UPDATE
              SET scanned_seq = excluded.scanned_seq, events = excluded.events, finished_at = excluded.finished_at
            WHERE c.finished_at IS NULL AND c.scanned_seq <= excluded.scanned_seq`,
    values: [of.tenantKey, of.scannedSeq, of.events, of.isFinished],
  });
}
