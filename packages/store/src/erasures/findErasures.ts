import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import { ERASURE_COLUMNS, type Erasure } from './Erasure.js';

export interface ErasuresQuery {
  tenantKey: number;
  /** Only this one. */
  erasureId?: string;
  /** Behind this one of a page before. */
  after?: { requestedAt: number; erasureId: string };
  limit: number;
}

/** The erasures of a tenant, newest first. */
export async function findErasures(db: Queryable, query: ErasuresQuery): Promise<Erasure[]> {
  const { tenantKey, erasureId = null, after, limit } = query;
  return runQuery<Erasure>(db, {
    text: `SELECT ${ERASURE_COLUMNS} FROM erasures AS e JOIN tenants AS t USING (tenant_key)
            WHERE e.tenant_key = $1 AND ($2::uuid IS NULL OR e.erasure_id = $2::uuid)
              AND ($3::float8 IS NULL OR (date_trunc('milliseconds', e.requested_at), e.erasure_id) < (to_timestamp($3::float8 / 1000), $4::uuid))
            ORDER BY date_trunc('milliseconds', e.requested_at) DESC, e.erasure_id DESC
            LIMIT $5`,
    values: [tenantKey, erasureId, after?.requestedAt ?? null, after?.erasureId ?? null, limit],
  });
}
