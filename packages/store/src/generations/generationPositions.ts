import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

export interface GenerationPositions {
  live: ReadonlyMap<number, number>;
  rebuilt: ReadonlyMap<number, number>;
  /** Recounts and rechecks that are pending. */
  pendingLive: number;
  pendingRebuilt: number;
}

/** Where both generations stand, at one moment. */
export async function generationPositions(db: Queryable, { live, generation }: GenerationNames): Promise<GenerationPositions> {
  const rows = await runQuery<{ partition: number; live: number; rebuilt: number; pendingLive: number; pendingRebuilt: number }>(db, {
    text: `SELECT l.partition, l.last_seq AS live, g.last_seq AS rebuilt,
                  (SELECT count(*) FROM ${live}.recounts) AS "pendingLive", (SELECT count(*) FROM ${generation}.recounts) AS "pendingRebuilt"
             FROM ${live}.partitions AS l JOIN ${generation}.partitions AS g USING (partition)`,
  });
  return {
    live: new Map(rows.map((row) => [row.partition, row.live])),
    rebuilt: new Map(rows.map((row) => [row.partition, row.rebuilt])),
    pendingLive: rows[0]?.pendingLive ?? 0,
    pendingRebuilt: rows[0]?.pendingRebuilt ?? 0,
  };
}
