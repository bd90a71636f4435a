import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';

/** True where the token was there and had not been revoked. */
export async function revokeToken(db: Queryable, token: { tenantKey: number; tokenId: string }): Promise<boolean> {
  const written = await runCommand(db, {
    text: 'UPDATE tokens SET revoked_at = now() WHERE tenant_key = $1 AND token_id = $2 AND revoked_at IS NULL',
    values: [token.tenantKey, token.tokenId],
  });
  return written > 0;
}
