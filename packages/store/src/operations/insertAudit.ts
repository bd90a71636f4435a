import { randomUUID } from 'node:crypto';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

export interface AuditEntry {
  tenantKey: number;
  /** Who: the name of a token, a person. */
  actor: string;
  action: string;
  /** To whom or what. */
  subject: unknown;
  reason: string | null;
}

/** Where an `auditId` is given, what stands under it already stays. */
export async function insertAudit(db: Queryable, entry: AuditEntry & { auditId?: string }): Promise<{ auditId: string }> {
  const auditId = entry.auditId ?? randomUUID();
  await runCommand(db, {
    text: `INSERT INTO audit (tenant_key, audit_id, actor, action, subject, reason)
           VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    values: [entry.tenantKey, auditId, entry.actor, entry.action, JSON.stringify(entry.subject), entry.reason],
  });
  return { auditId };
}
