import type pg from 'pg';
import type { Load } from '../load/Load.js';
import { type Check, DIFFERENCES_SHOWN_MAX } from './Check.js';

const ROWS_AT_ONCE = 20_000;

/** Each event that was answered is in the table once, and nothing else is. */
export async function checkEvents(database: pg.Client, load: Load): Promise<Check> {
  const seen = new Uint8Array(load.events);
  const differences: string[] = [];
  let found = 0;
  await database.query('BEGIN');
  await database.query('DECLARE all_events NO SCROLL CURSOR FOR SELECT tenant_id, event_id FROM events JOIN tenants USING (tenant_key)');
  for (;;) {
    const { rows } = await database.query<{ tenant_id: string; event_id: string }>(`FETCH ${String(ROWS_AT_ONCE)} FROM all_events`);
    if (rows.length === 0) break;
    for (const { tenant_id: tenant, event_id: id } of rows) {
      found++;
      const n = load.plan.numberOf(tenant, id);
      if (n === null || n >= load.claimed || seen[n] !== 0) differences.push(`${n === null ? 'never sent' : 'twice'}: ${id} of ${tenant}`);
      else seen[n] = 1;
      differences.length = Math.min(differences.length, DIFFERENCES_SHOWN_MAX);
    }
  }
  await database.query('COMMIT');
  for (let n = 0; n < load.claimed && differences.length < DIFFERENCES_SHOWN_MAX; n++)
    if (seen[n] === 0)
      differences.push(`lost: ${load.plan.at(n).event_id} of ${load.plan.tenantOf(n)} (number ${String(n)}, ${placeOf(load, n)})`);
  return { name: 'events applied, each once', expected: load.answered, found, differences };
}

function placeOf(load: Load, n: number): string {
  return load.isInLog(n) ? 'answered over HTTP' : 'acknowledged over NATS alone';
}
