import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { tokenHash } from '../tokenHash.js';

export interface TokenGrant {
  tenantKey: number;
  tenantId: string;
  tokenId: string;
  name: string;
  scopes: string[];
  /** The tenant that its own was merged into; null as a rule. */
  mergedInto: string | null;
}

/** What a token allows; null for one that is unknown, revoked or expired. */
export async function findToken(db: Queryable, token: string): Promise<TokenGrant | null> {
  const rows = await runQuery<TokenGrant>(db, {
    name: 'cairn_find_token',
    text: `SELECT t.tenant_key AS "tenantKey", n.tenant_id AS "tenantId", t.token_id AS "tokenId", t.name, t.scopes, m.into_tenant AS "mergedInto"
             FROM tokens AS t JOIN tenants AS n USING (tenant_key) LEFT JOIN tenant_merges AS m USING (tenant_key)
            WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())`,
    values: [tokenHash(token)],
  });
  return rows[0] ?? null;
}
