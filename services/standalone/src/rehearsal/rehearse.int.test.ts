import { connectNats, createLogger, ensureStreams } from '@cairn/runtime';
import { type Database, migrate, openDatabase } from '@cairn/store';
import { eventually, type FreshDatabase, type FreshNats, freshDatabase, freshNats } from '@cairn/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rehearse } from './rehearse.js';

const PARTITIONS = 4;
const EVENTS = 400;
const NEVER_MS = 120_000;
const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
let servers: { nats: FreshNats; database: FreshDatabase };
let nats: NatsConnection;
let database: Database;

beforeAll(async () => {
  const prepare = async (url: string) => {
    const empty = openDatabase({ url, applicationName: 'prepare', onError: () => undefined });
    await migrate(empty.pool, { partitions: PARTITIONS });
    await empty.close();
  };
  servers = { nats: await freshNats(), database: await freshDatabase({ key: `rehearsal-${PARTITIONS}`, prepare }) };
  nats = await connectNats({ url: servers.nats.url, name: 'test', log });
  await ensureStreams(nats, { replicas: 1 });
  database = openDatabase({ url: servers.database.url, applicationName: 'test', onError: () => undefined });
});

afterAll(async () => {
  await nats.close();
  await database.close();
  await servers.nats.drop();
  await servers.database.drop();
});

function rehearsal(of: { eventsMax: number; msMax: number; wholeMsMax?: number }) {
  const bounds = { wholeMsMax: NEVER_MS, ...of };
  return rehearse({ nats, database, databaseUrl: servers.database.url, partitions: PARTITIONS, log, bounds });
}

/** All that a server keeps of anything. */
async function kept(): Promise<Record<string, unknown>> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const tables: [string, unknown][] = [];
  for (const { name } of rows) tables.push([name, (await database.pool.query(`SELECT * FROM ${name} AS t ORDER BY t::text`)).rows]);
  const manager = await jetstreamManager(nats);
  const streams: [string, unknown][] = [];
  for await (const { config, state } of manager.streams.list()) streams.push([config.name, state]);
  return Object.fromEntries([...tables, ...streams.sort(([a], [b]) => a.localeCompare(b))]);
}

// proves: rehearsal-leaves-nothing
it('sends its events all the way, and leaves nothing of them anywhere', async () => {
  const before = await kept();
  const told: string[] = [];
  const everything = nats.subscribe('events.>', {
    callback: (_, message) => {
      told.push(message.subject);
    },
  });
  const { sent, evaluated } = await rehearsal({ eventsMax: EVENTS, msMax: NEVER_MS });
  // Those of the last turns are accepted, and given up before they are evaluated.
  expect(sent).toBe(EVENTS);
  expect(evaluated).toBeGreaterThan(EVENTS / 2);
  await nats.flush();
  expect(await kept()).toEqual(before);
  expect(told).toEqual([]);
  everything.unsubscribe();
});

it('ends when its time is over', async () => {
  const { sent } = await rehearsal({ eventsMax: Number.POSITIVE_INFINITY, msMax: 1 });
  expect(sent).toBeLessThan(EVENTS);
});

it('is given up where it does not come to an end, and leaves nothing either', async () => {
  const before = await kept();
  await expect(rehearsal({ eventsMax: Number.POSITIVE_INFINITY, msMax: NEVER_MS, wholeMsMax: 1 })).rejects.toThrow(
    'a rehearsal took longer',
  );
  await eventually(async () => {
    const { rows } = await database.pool.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`,
    );
    expect(rows).toEqual([]);
    expect(await kept()).toEqual(before);
  });
});
