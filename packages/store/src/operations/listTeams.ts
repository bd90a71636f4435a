import { OWNER_KIND } from '../ownerKind.js';
import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The names of a tenant's teams, page by page in their own order. */
export async function listTeams(
  db: Queryable,
  page: { tenantKey: number; limit: number /** The last of the page before; absent for the first page. */; after?: string },
): Promise<string[]> {
  const rows = await runQuery<{ teamId: string }>(db, {
    text: `SELECT user_id AS "teamId" FROM users
            WHERE tenant_key = $1::int4 AND kind = $2::int2 AND user_id > $3 COLLATE "C" ORDER BY user_id LIMIT $4`,
    values: [page.tenantKey, OWNER_KIND.team, page.after ?? '', page.limit],
  });
  return rows.map(({ teamId }) => teamId);
}
