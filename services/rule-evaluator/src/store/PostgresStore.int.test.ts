import { type Database, emptyEventColumns, migrate, openDatabase, partitionPositions } from '@cairn/store';
import { eventually, type FreshDatabase, freshDatabase } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresStore } from './PostgresStore.js';

let fresh: FreshDatabase;
let database: Database;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = openDatabase({ url: fresh.url, applicationName: 'test', onError: () => undefined });
  await migrate(database.pool, { partitions: 1 });
});
afterAll(async () => {
  await database.close();
  await fresh.drop();
});

const options = { applicationName: 'pipeline', onError: () => undefined };

async function anEmptyBatch() {
  const [row] = await partitionPositions(database.pool);
  if (row === undefined) throw new Error('there is no partition');
  const fence = { partition: 0, epoch: row.epoch, oldSeq: row.lastSeq, newSeq: row.lastSeq + 1 };
  return { ...fence, events: emptyEventColumns(), userStates: [], unlocks: [], revocations: [], xp: [], outbox: [] };
}

async function connections(): Promise<number | null> {
  const answer = await database.pool.query(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'pipeline' AND datname = current_database()`,
  );
  return answer.rowCount;
}

it('connects anew after a connection that could not be made, whatever the reason', async () => {
  const url = new URL(fresh.url);
  url.searchParams.set('options', '-c role=latecomer');
  const store = new PostgresStore(database, { ...options, url: url.href });
  await expect(store.commit(await anEmptyBatch())).rejects.toMatchObject({ code: 'connection' });
  await database.pool.query('CREATE ROLE latecomer SUPERUSER');
  try {
    await store.commit(await anEmptyBatch());
  } finally {
    await store.close();
    await database.pool.query('DROP ROLE latecomer');
  }
});

it('leaves no connection open that it will not use again', async () => {
  const store = new PostgresStore(database, { ...options, url: fresh.url });
  await store.commit(await anEmptyBatch());
  // As a server that has become a replica answers: the connection itself is sound.
  await database.pool.query(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'read-only' USING ERRCODE = '25006'; END $$`,
  );
  await database.pool.query('CREATE TRIGGER refuse BEFORE UPDATE ON partitions FOR EACH ROW EXECUTE FUNCTION refuse()');
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(store.commit(await anEmptyBatch())).rejects.toMatchObject({ code: 'connection' });
  }
  await database.pool.query('DROP TRIGGER refuse ON partitions');
  await eventually(async () => expect(await connections()).toBe(0));
  await store.commit(await anEmptyBatch());
  await store.close();
  await eventually(async () => expect(await connections()).toBe(0));
});

it('connects anew after its connection was cut, in a commit or between two', async () => {
  const store = new PostgresStore(database, { ...options, url: fresh.url });
  await store.commit(await anEmptyBatch());
  const cut = () =>
    database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pipeline' AND datname = current_database()`,
    );
  await cut();
  await eventually(async () => store.commit(await anEmptyBatch()));
  const commit = store.commit(await anEmptyBatch());
  await Promise.allSettled([commit, cut()]);
  await eventually(async () => store.commit(await anEmptyBatch()));
  await store.close();
});
