import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

export interface LapsedProgress {
  tenantKey: number;
  tenantId: string;
  userKey: number;
  userId: string;
  slug: string;
}

/** Behind which row to go on. */
export type LapsedPlace = Pick<LapsedProgress, 'tenantKey' | 'userKey' | 'slug'>;

/** Projected progress that is to be shown anew at an instant, though no event came: by tenant, user and slug. */
export async function lapsedProgress(
  db: Queryable,
  { at, after, limit }: { at: number; after: LapsedPlace | null; limit: number },
): Promise<LapsedProgress[]> {
  return runQuery<LapsedProgress>(db, {
    text: `SELECT p.tenant_key AS "tenantKey", t.tenant_id AS "tenantId", p.user_key AS "userKey", u.user_id AS "userId", p.slug
             FROM progress AS p
             JOIN tenants AS t USING (tenant_key)
             JOIN users AS u ON u.tenant_key = p.tenant_key AND u.user_key = p.user_key
            WHERE p.lapses_at <= $1::timestamptz AND (p.tenant_key, p.user_key, p.slug) > ($2::int4, $3::int8, $4::text)
            ORDER BY p.tenant_key, p.user_key, p.slug
            LIMIT $5`,
    values: [new Date(at).toISOString(), after?.tenantKey ?? 0, after?.userKey ?? 0, after?.slug ?? '', limit],
  });
}
