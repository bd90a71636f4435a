import { inTransaction } from '../inTransaction.js';
import { insertAudit } from '../operations/insertAudit.js';
import { namesOfUser } from '../operations/namesOfUser.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface ErasureRequest {
  erasureId: string;
  tenantKey: number;
  userId: string;
  actor: string;
  reason: string;
}

/**
 * Notes that a user is to be erased, once: a request that comes while one is under way is that one. The audit says that somebody
 * was erased, not who. Answers the id of the erasure.
 */
export async function requestErasure(db: Queryable, request: ErasureRequest): Promise<{ erasureId: string; isNew: boolean }> {
  const { erasureId, tenantKey, userId, actor, reason } = request;
  return inTransaction(db, async (client) => {
    // Two that come at once are one.
    await runQuery(client, {
      text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
      values: [`cairn erasure ${tenantKey} ${userId}`],
    });
    const userIds = await namesOfUser(client, { tenantKey, userId });
    const [pending] = await runQuery<{ erasureId: string }>(client, {
      text: 'SELECT erasure_id AS "erasureId" FROM erasures WHERE tenant_key = $1 AND finished_at IS NULL AND user_ids && $2::text[]',
      values: [tenantKey, userIds],
    });
    if (pending !== undefined) return { erasureId: pending.erasureId, isNew: false };
    await runQuery(client, {
      text: 'INSERT INTO erasures (erasure_id, tenant_key, actor, reason, user_ids) VALUES ($1, $2, $3, $4, $5::text[])',
      values: [erasureId, tenantKey, actor, reason, userIds],
    });
    await insertAudit(client, { tenantKey, auditId: erasureId, actor, action: 'user_erased', subject: { erasure_id: erasureId }, reason });
    return { erasureId, isNew: true };
  });
}
