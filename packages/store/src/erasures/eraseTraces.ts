import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { Erasure } from './Erasure.js';

/**
 * What names a user beside what was made of their events: who was given what by hand. The audit keeps what was done and when. Progress that was projected while the user went is nobody's.
 */
export async function eraseTraces(db: Queryable, of: Pick<Erasure, 'tenantKey' | 'userIds' | 'erasureId' | 'requestedAt'>): Promise<void> {
  const { tenantKey, userIds, erasureId, requestedAt } = of;
  await inTransaction(db, async (client) => {
    await runCommand(client, {
      text: `UPDATE audit SET subject = jsonb_build_object('erasure_id', $3::text), reason = NULL
              WHERE tenant_key = $1 AND at <= to_timestamp($4::float8 / 1000) + interval '1 millisecond'
                AND jsonb_path_query_array(subject, '$.** ? (@.type() == "string")') ?| $2::text[]`,
      values: [tenantKey, userIds, erasureId, requestedAt],
    });
    await runCommand(client, {
      text: `DELETE FROM progress AS p
              WHERE p.tenant_key = $1
                AND NOT EXISTS (SELECT FROM users AS u WHERE u.tenant_key = p.tenant_key AND u.user_key = p.user_key)`,
      values: [tenantKey],
    });
  });
}
