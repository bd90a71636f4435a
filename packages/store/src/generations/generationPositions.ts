import type { Queryable } from '../Queryable.js';
import { runQuery } from '../runQuery.js';
import type { GenerationNames } from './generationNames.js';

export interface GenerationPositions {
  live: ReadonlyMap<number, number>;
  rebuilt: ReadonlyMap<number, number>;
  /** Recounts and rechecks that are pending, of the tenant where one is asked for. */
  pendingLive: number;
  pendingRebuilt: number;
}

/** Where both generations stand, at one moment. */
export async function generationPositions(
  db: Queryable,
  { live, generation }: GenerationNames,
  tenantId: string | null,
): Promise<GenerationPositions> {
  const rows = await runQuery<{ partition: number; live: number; rebuilt: number; pendingLive: number; pendingRebuilt: number }>(db, {
    text: `SELECT l.partition, l.last_seq AS live, g.last_seq AS rebuilt,
                  (${pendingOf(live)}) AS "pendingLive", (${pendingOf(generation)}) AS "pendingRebuilt"
             FROM ${live}.partitions AS l JOIN ${generation}.partitions AS g USING (partition)`,
    values: [tenantId],
  });
  return {
    live: new Map(rows.map((row) => [row.partition, row.live])),
    rebuilt: new Map(rows.map((row) => [row.partition, row.rebuilt])),
    pendingLive: rows[0]?.pendingLive ?? 0,
    pendingRebuilt: rows[0]?.pendingRebuilt ?? 0,
  };
}

function pendingOf(schema: string): string {
  return `SELECT count(*) FROM ${schema}.recounts AS r JOIN ${schema}.tenants AS t ON t.tenant_key = r.tenant_key
           WHERE $1::text IS NULL OR t.tenant_id = $1::text`;
}
