import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { TenantMerge } from './TenantMerge.js';

/** Idempotent, and in any order: every partition folds the same control entries, each at its own pace. */
export async function addTenantMerge(
  db: Queryable,
  { tenantKey, intoTenant, logSeq, at }: Pick<TenantMerge, 'tenantKey' | 'intoTenant' | 'logSeq' | 'at'>,
): Promise<void> {
  await runCommand(db, {
    text: 'INSERT INTO tenant_merges (tenant_key, log_seq, at, into_tenant) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    values: [tenantKey, logSeq, new Date(at), intoTenant],
  });
}
