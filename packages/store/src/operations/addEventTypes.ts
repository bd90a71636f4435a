import { int4Array, int8Array, textArray, timestamptzArray } from '../binaryArrays.js';
import { inTransaction } from '../inTransaction.js';
import type { Queryable } from '../Queryable.js';
import { runCommand } from '../runQuery.js';
import type { eventTypes } from '../schema/eventTypes.js';

/** Types that are kept of one tenant; events of further ones are not counted. */
export const EVENT_TYPES_KEPT_MAX = 10_000;

export type EventTypeRow = typeof eventTypes.$inferSelect;

export interface CountedEventTypes {
  /** The projection whose offset moves in the same transaction, and from where to where. */
  projection: string;
  from: number;
  to: number;
  /** At most one for each (tenant, type): what came in between. */
  rows: readonly EventTypeRow[];
}

/** Adds what was counted, once: false, and nothing is added, where the offset is not where it was thought to be. */
export async function addEventTypes(db: Queryable, counted: CountedEventTypes): Promise<boolean> {
  const { projection, from, to, rows } = counted;
  return await inTransaction(db, async (client) => {
    await runCommand(client, { text: 'INSERT INTO projections (name) VALUES ($1) ON CONFLICT DO NOTHING', values: [projection] });
    const moved = await runCommand(client, {
      text: 'UPDATE projections SET last_seq = $3::int8 WHERE name = $1 AND last_seq = $2::int8',
      values: [projection, from, to],
    });
    if (moved === 0) return false;
    if (rows.length > 0) await runCommand(client, statementOf(rows));
    return true;
  });
}

function statementOf(rows: readonly EventTypeRow[]) {
  return {
    text: `
      WITH incoming AS (
        SELECT r.*, e.type IS NOT NULL AS is_known,
               row_number() OVER (PARTITION BY r.tenant_key, e.type IS NOT NULL ORDER BY r.type COLLATE "C") AS place
          FROM unnest($1::int4[], $2::text[], $3::int8[], $4::timestamptz[], $5::timestamptz[])
                      AS r(tenant_key, type, events, first_seen, last_seen)
          LEFT JOIN event_types e ON e.tenant_key = r.tenant_key AND e.type = r.type COLLATE "C"),
      kept AS (
        SELECT tenant_key, count(*) AS types FROM event_types
         WHERE tenant_key IN (SELECT tenant_key FROM incoming WHERE NOT is_known) GROUP BY tenant_key)
      INSERT INTO event_types (tenant_key, type, events, first_seen, last_seen)
      SELECT i.tenant_key, i.type, i.events, i.first_seen, i.last_seen
        FROM incoming i LEFT JOIN kept k USING (tenant_key)
       WHERE i.is_known OR coalesce(k.types, 0) + i.place <= $6
       ORDER BY i.tenant_key, i.type COLLATE "C"
      ON CONFLICT (tenant_key, type) DO UPDATE
         SET events = event_types.events + excluded.events,
             first_seen = least(event_types.first_seen, excluded.first_seen),
             last_seen = greatest(event_types.last_seen, excluded.last_seen)`,
    values: [
      int4Array(rows.map((row) => row.tenantKey)),
      textArray(rows.map((row) => row.type)),
      int8Array(rows.map((row) => row.events)),
      timestamptzArray(rows.map((row) => row.firstSeen)),
      timestamptzArray(rows.map((row) => row.lastSeen)),
      EVENT_TYPES_KEPT_MAX,
    ],
  };
}
