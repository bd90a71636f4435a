import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The highest version of each slug published before a log sequence, the retired among them: the next one is one more. */
export async function versionsBefore(db: Queryable, before: { tenantKey: number; sequence: number }): Promise<Map<string, number>> {
  const rows = await runQuery<{ slug: string; version: number }>(db, {
    text: `SELECT slug, max(version) AS version FROM achievement_versions WHERE tenant_key = $1 AND log_seq < $2 GROUP BY slug`,
    values: [before.tenantKey, before.sequence],
  });
  return new Map(rows.map(({ slug, version }) => [slug, version]));
}
