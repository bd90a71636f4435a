import { sql } from 'drizzle-orm';
import { integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columnTypes.js';

/** Access tokens by the SHA-256 of their text; the text itself is never stored. */
export const tokens = pgTable(
  'tokens',
  {
    tenantKey: integer('tenant_key').notNull(),
    tokenId: uuid('token_id').notNull().default(sql`gen_random_uuid()`),
    tokenHash: bytes('token_hash').notNull(),
    name: text('name').notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [primaryKey({ columns: [t.tenantKey, t.tokenId] }), unique('tokens_token_hash_unique').on(t.tokenHash)],
);
