import pg from 'pg';
import type { Fault } from './Fault.js';

const SECONDS_MIN = 2;
const SECONDS_MAX = 8;

/** PostgreSQL is there, takes no connections to the database of Cairn, and ends those that are there. */
export const refuseDatabase: Fault = {
  name: 'connections refused',
  run: async ({ world, wait }) => {
    const name = new URL(world.postgres.url).pathname.slice(1);
    const admin = new pg.Client({ connectionString: world.postgres.adminUrl });
    await admin.connect();
    try {
      await admin.query(`ALTER DATABASE ${admin.escapeIdentifier(name)} ALLOW_CONNECTIONS false`);
      const { rowCount } = await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      world.timeline.tell(`PostgreSQL takes no connections, and ended ${String(rowCount)}`);
      await wait(SECONDS_MIN, SECONDS_MAX);
    } finally {
      await admin.query(`ALTER DATABASE ${admin.escapeIdentifier(name)} ALLOW_CONNECTIONS true`);
      await admin.end();
    }
    world.timeline.tell('PostgreSQL takes connections again');
  },
};
