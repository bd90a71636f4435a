import { PARTITIONS_DEFAULT } from '@cairn/contracts';
import type pg from 'pg';

/** Whether all partitions are owned, and by so many, of whom none has more than a fair share. */
export async function areShared(database: pg.Client, evaluators: number): Promise<boolean> {
  const { rows } = await database.query<{ owned: string }>(
    'SELECT count(*) AS owned FROM partitions WHERE partition < $1 AND owner IS NOT NULL GROUP BY owner',
    [PARTITIONS_DEFAULT],
  );
  const owned = rows.map((row) => Number(row.owned));
  const atMost = Math.ceil((PARTITIONS_DEFAULT + 1) / evaluators);
  return owned.reduce((sum, n) => sum + n, 0) === PARTITIONS_DEFAULT && owned.length === evaluators && Math.max(...owned) <= atMost;
}
