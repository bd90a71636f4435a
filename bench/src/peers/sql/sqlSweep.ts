import pg from 'pg';
import { indexEvents } from '../createTables.js';
import type { Peer, PeerContext, PreparedPeer } from '../Peer.js';
import { insertEvents } from './insertEvents.js';
import { sweepsOf } from './sweepSql.js';

const EVENTS_AN_INSERT = 1_000;
/** What comes in five minutes at a hundred events a second. */
const EVENTS_A_SWEEP = 30_000;

/** Events are written as they come; every five minutes each achievement is recounted for all users who were active since. */
export function sqlSweep(events: number): Peer {
  return {
    name: 'sql-sweep',
    events,
    settings: { events_an_insert: EVENTS_AN_INSERT, events_a_sweep: EVENTS_A_SWEEP, until_an_unlock: 'up to five minutes' },
    concurrencies: [1],
    prepare,
  };
}

async function prepare({ databaseUrl, submissions, achievements }: PeerContext): Promise<PreparedPeer> {
  await indexEvents(databaseUrl);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const sweeps = sweepsOf(achievements);
  const sweep = async (users: readonly string[]): Promise<void> => {
    await client.query('ANALYZE peer_events');
    for (const { text } of sweeps) await client.query(text, [users]);
  };
  return {
    run: async () => {
      for (let from = 0; from < submissions.length; from += EVENTS_A_SWEEP) {
        const arrived = submissions.slice(from, from + EVENTS_A_SWEEP);
        for (let at = 0; at < arrived.length; at += EVENTS_AN_INSERT) await insertEvents(client, arrived.slice(at, at + EVENTS_AN_INSERT));
        await sweep([...new Set(arrived.map(({ actor }) => actor.user_id))]);
      }
    },
    stop: () => client.end(),
  };
}
