import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

/** Whether both generations have the same tables. */
export async function sameMigrations(db: Queryable, { live, generation }: GenerationNames): Promise<boolean> {
  const [row] = await runQuery<{ same: boolean }>(db, {
    text: `SELECT NOT EXISTS (
             SELECT 1 FROM ${live}.cairn_migrations AS l FULL JOIN ${generation}.cairn_migrations AS g USING (name, hash)
              WHERE l.applied_at IS NULL OR g.applied_at IS NULL) AS same`,
  });
  return row?.same === true;
}
