import { randomBytes } from 'node:crypto';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import { StoreError } from '../StoreError.js';
import { tokenHash } from '../tokenHash.js';
import { ensureTenant } from './ensureTenant.js';

export interface NewToken {
  tenantId: string;
  name: string;
  scopes: readonly string[];
  /** One that exists already outside, from a configuration say; without it a random one is made. */
  token?: string;
  /** Epoch milliseconds; null for never. */
  expiresAt?: number | null;
}

const TOKEN_BYTES = 32;

/**
 * The only time that the token can be read: its hash alone is stored. Given the same token again, its name, scopes and expiry are
 * brought up to date; one that is another tenant's or was revoked is refused with `token_taken`.
 */
export async function createToken(db: Queryable, request: NewToken): Promise<{ token: string }> {
  const { tenantKey } = await ensureTenant(db, request.tenantId);
  const token = request.token ?? `cairn_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const expiresAt = request.expiresAt ?? null;
  const written = await runCommand(db, {
    text: `INSERT INTO tokens (tenant_key, token_hash, name, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (token_hash) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, expires_at = excluded.expires_at
            WHERE tokens.tenant_key = excluded.tenant_key AND tokens.revoked_at IS NULL`,
    values: [tenantKey, tokenHash(token), request.name, request.scopes, expiresAt === null ? null : new Date(expiresAt).toISOString()],
  });
  if (written === 0) throw new StoreError('token_taken', 'the token belongs to another tenant or was revoked');
  return { token };
}
