import { int4Array, int8Array } from '../binaryArrays.js';
import type { ErasureRow } from './EvaluationBatch.js';
import type { BoundStatement, HotStatement } from './HotStatement.js';

/**
 * Of an event of somebody who is erased stays by what a repetition of it is known, and its place; whose it was is forgotten. The key of
 * nobody tells the partition, so that a rebuild of another one knows that it is not its own.
 */
const anonymizeEvents: HotStatement = {
  name: 'cairn_anonymize_events',
  text: anonymize('user_key = a.user_key AND origin_key IS NULL'),
};

/** What became another's events when users were merged is anonymized by who had sent them; no index leads there, and it is rare. */
const anonymizeMoved: HotStatement = {
  name: 'cairn_anonymize_moved_events',
  text: anonymize('origin_key = a.user_key'),
};

function anonymize(isTheirs: string): string {
  return `
    UPDATE events AS e
       SET user_key = -1 - a.partition, origin_key = NULL, event_id = '', fingerprint = NULL, occurred_at = to_timestamp(0),
           matched = NULL, retracted_seq = NULL
      FROM unnest($1::int4[], $2::int8[], $3::int4[], $4::int8[]) AS a(tenant_key, user_key, partition, events),
           LATERAL (SELECT event_id_hash FROM events WHERE tenant_key = a.tenant_key AND ${isTheirs}
                     ORDER BY log_seq LIMIT a.events) AS due
     WHERE e.tenant_key = a.tenant_key AND e.event_id_hash = due.event_id_hash`;
}

const eraseUsers: HotStatement = {
  name: 'cairn_erase_users',
  text: `
    WITH erased AS (SELECT * FROM unnest($1::int4[], $2::int8[]) AS a(tenant_key, user_key)),
         of_unlocks AS (DELETE FROM unlocks AS x USING erased AS a WHERE x.tenant_key = a.tenant_key AND x.user_key = a.user_key),
         of_ledger AS (DELETE FROM xp_entries AS x USING erased AS a WHERE x.tenant_key = a.tenant_key AND x.user_key = a.user_key),
         of_state AS (DELETE FROM user_state AS x USING erased AS a WHERE x.tenant_key = a.tenant_key AND x.user_key = a.user_key),
         of_progress AS (DELETE FROM progress AS x USING erased AS a WHERE x.tenant_key = a.tenant_key AND x.user_key = a.user_key)
    DELETE FROM users AS x USING erased AS a WHERE x.tenant_key = a.tenant_key AND x.user_key = a.user_key`,
};

export function bindErasures(rows: readonly (ErasureRow & { partition: number })[]): BoundStatement[] {
  const of = (some: readonly ErasureRow[]) => [int4Array(some.map((row) => row.tenantKey)), int8Array(some.map((row) => row.userKey))];
  const eventsOf = (some: readonly (ErasureRow & { partition: number })[]) => [
    ...of(some),
    int4Array(some.map((row) => row.partition)),
    int8Array(some.map((row) => row.events)),
  ];
  const statements: BoundStatement[] = [{ ...anonymizeEvents, values: eventsOf(rows) }];
  const merged = rows.filter((row) => row.wasMerged);
  if (merged.length > 0) statements.push({ ...anonymizeMoved, values: eventsOf(merged) });
  const last = rows.filter((row) => row.isLast);
  if (last.length > 0) statements.push({ ...eraseUsers, values: of(last) });
  return statements;
}
