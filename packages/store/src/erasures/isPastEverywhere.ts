import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';

/** Whether nobody reads the log up to a place any more, and all that names these users was told: null, or who is not so far. */
export async function isPastEverywhere(
  db: Queryable,
  { sequence, userIds }: { sequence: number; userIds: readonly string[] },
): Promise<string | null> {
  const asJson = userIds.map((userId) => JSON.stringify(userId).slice(1, -1));
  const [behind] = await runQuery<{ who: string }>(db, {
    text: `SELECT 'partition ' || partition AS who FROM partitions WHERE last_seq < $1::int8
            UNION ALL
           SELECT 'the projection ' || name FROM projections WHERE last_seq < $1::int8
            UNION ALL
           SELECT 'the outbox' FROM outbox, unnest($2::text[]) AS named
            WHERE position(convert_to(named, 'UTF8') IN payload) > 0
            LIMIT 1`,
    values: [sequence, [...userIds, ...asJson]],
  });
  return behind?.who ?? null;
}
