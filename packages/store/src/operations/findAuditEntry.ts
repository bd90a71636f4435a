import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { AuditEntry } from './insertAudit.js';

/** Null where there is no such entry. */
export async function findAuditEntry(db: Queryable, of: { tenantKey: number; auditId: string }): Promise<AuditEntry | null> {
  const rows = await runQuery<AuditEntry>(db, {
    text: `SELECT tenant_key AS "tenantKey", actor, action, subject, reason FROM audit WHERE tenant_key = $1 AND audit_id = $2::uuid`,
    values: [of.tenantKey, of.auditId],
  });
  return rows[0] ?? null;
}
