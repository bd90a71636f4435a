import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** The log sequence of the newest publication or setting of a tenant; 0 for none. While it stays, so does the catalogue. */
export async function catalogueSequence(db: Queryable, tenantKey: number): Promise<number> {
  const rows = await runQuery<{ sequence: number }>(db, {
    name: 'cairn_catalogue_sequence',
    text: `SELECT greatest((SELECT max(log_seq) FROM packs WHERE tenant_key = $1::int4),
                           (SELECT max(log_seq) FROM tenant_settings WHERE tenant_key = $1::int4), 0) AS sequence`,
    values: [tenantKey],
  });
  return rows[0]?.sequence ?? 0;
}
