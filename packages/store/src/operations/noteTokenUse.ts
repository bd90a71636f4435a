import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** Writes at most once a minute for each token, however often it is called. */
export async function noteTokenUse(db: Queryable, token: { tenantKey: number; tokenId: string }): Promise<void> {
  await runCommand(db, {
    text: `UPDATE tokens SET last_used_at = now()
            WHERE tenant_key = $1 AND token_id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`,
    values: [token.tenantKey, token.tokenId],
  });
}
