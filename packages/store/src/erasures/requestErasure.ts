import { inTransaction } from '../inTransaction.js';
import { insertAudit } from '../operations/insertAudit.js';
import { namesOfUser } from '../operations/namesOfUser.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { lockErasures } from './lockErasures.js';
import { pendingErasure } from './pendingErasure.js';

export interface ErasureRequest {
  erasureId: string;
  tenantKey: number;
  userId: string;
  actor: string;
  reason: string;
  /** One that is under way is another where it was asked for before: epoch milliseconds. */
  since?: number;
}

/**
 * Notes that a user is to be erased, once: a request that comes while one is under way is that one. It stands behind all that were
 * asked for before, of the same transaction too, and is done behind them. The audit says that somebody was erased, not who. Answers the
 * id of the erasure.
 */
export async function requestErasure(db: Queryable, request: ErasureRequest): Promise<{ erasureId: string; isNew: boolean }> {
  const { erasureId, tenantKey, userId, actor, reason, since = 0 } = request;
  return inTransaction(db, async (client) => {
    // Two that come at once are one.
    await lockErasures(client, { tenantKey });
    const userIds = await namesOfUser(client, { tenantKey, userId });
    const pending = await pendingErasure(client, { tenantKey, userIds, since });
    if (pending !== null) return { erasureId: pending, isNew: false };
    await runQuery(client, {
      text: `INSERT INTO erasures (erasure_id, tenant_key, actor, reason, user_ids, requested_at)
             SELECT $1::uuid, $2::int4, $3::text, $4::text, $5::text[], greatest(clock_timestamp(), max(requested_at) + interval '1 microsecond')
               FROM erasures WHERE finished_at IS NULL`,
      values: [erasureId, tenantKey, actor, reason, userIds],
    });
    await insertAudit(client, { tenantKey, auditId: erasureId, actor, action: 'user_erased', subject: { erasure_id: erasureId }, reason });
    return { erasureId, isNew: true };
  });
}
