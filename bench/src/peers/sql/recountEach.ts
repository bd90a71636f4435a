import pg from 'pg';
import type { Submission } from '../../pipeline/standardSubmissions.js';
import { indexEvents } from '../createTables.js';
import type { Peer, PeerContext, PreparedPeer } from '../Peer.js';
import { insertEvents } from './insertEvents.js';
import { type AchievementSweep, sweepsOf } from './sweepSql.js';

/** At each event the achievements that listen to its type are counted anew for its user, in one transaction. */
export function recountEach(events: number): Peer {
  return { name: 'recount-each', events, settings: { transaction: 'for each event' }, concurrencies: [4, 16], prepare };
}

async function prepare({ databaseUrl, submissions, achievements }: PeerContext, concurrency: number): Promise<PreparedPeer> {
  await indexEvents(databaseUrl);
  const clients = Array.from({ length: concurrency }, () => new pg.Client({ connectionString: databaseUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  const sweeps = sweepsOf(achievements);
  const inOrder = submissions.values();
  return {
    run: async () => {
      await Promise.all(
        clients.map(async (client) => {
          for (const event of inOrder) await recount(client, event, sweeps);
        }),
      );
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

async function recount(client: pg.Client, event: Submission, sweeps: readonly AchievementSweep[]): Promise<void> {
  const users = [event.actor.user_id];
  await client.query('BEGIN');
  // Two events of one user at a time would each not see the other.
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', users);
  if ((await insertEvents(client, [event])) > 0) {
    for (const [i, { text, listensTo }] of sweeps.entries()) {
      if (listensTo === null || listensTo.some((pattern) => matches(pattern, event.type)))
        await client.query({ name: `sweep_${String(i)}`, text, values: [users] });
    }
  }
  await client.query('COMMIT');
}

function matches(pattern: string, type: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
