import type pg from 'pg';
import type { Submission } from '../../pipeline/standardSubmissions.js';

const INSERT = `
  INSERT INTO peer_events (event_id, user_id, type, occurred_at, properties)
  SELECT e.event_id, e.user_id, e.type, e.occurred_at, e.properties
    FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[]) AS e (event_id, user_id, type, occurred_at, properties)
  ON CONFLICT DO NOTHING`;

/** Writes events with all they hold; those that are there already stay as they are. @returns how many were new */
export async function insertEvents(client: pg.ClientBase, events: readonly Submission[]): Promise<number> {
  const { rowCount } = await client.query({
    name: 'insert_events',
    text: INSERT,
    values: [
      events.map(({ event_id: id }) => id),
      events.map(({ actor }) => actor.user_id),
      events.map(({ type }) => type),
      events.map(({ occurred_at: at }) => at),
      events.map(({ properties }) => JSON.stringify(properties)),
    ],
  });
  return rowCount ?? 0;
}
