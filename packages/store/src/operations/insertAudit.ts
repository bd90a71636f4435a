import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface AuditEntry {
  tenantKey: number;
  /** Who: the name of a token, a person. */
  actor: string;
  action: string;
  /** To whom or what. */
  subject: unknown;
  reason: string | null;
}

export async function insertAudit(db: Queryable, entry: AuditEntry): Promise<{ auditId: string }> {
  const rows = await runQuery<{ auditId: string }>(db, {
    text: `INSERT INTO audit (tenant_key, actor, action, subject, reason) VALUES ($1, $2, $3, $4, $5) RETURNING audit_id AS "auditId"`,
    values: [entry.tenantKey, entry.actor, entry.action, JSON.stringify(entry.subject), entry.reason],
  });
  return rows[0] as { auditId: string };
}
