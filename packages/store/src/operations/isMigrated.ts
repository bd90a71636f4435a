import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Whether there is an installation at all, of whatever version. */
export async function isMigrated(db: Queryable): Promise<boolean> {
  const [row] = await runQuery<{ migrated: boolean }>(db, { text: `SELECT to_regclass('cairn_migrations') IS NOT NULL AS migrated` });
  return row?.migrated === true;
}
