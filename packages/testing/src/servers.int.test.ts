import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from './freshDatabase.js';
import { type FreshNats, freshNats } from './freshNats.js';
import { withClient } from './runDatabases.js';
import { testServers } from './testServers.js';

const dropped: { drop(): Promise<void> }[] = [];

async function database(...content: Parameters<typeof freshDatabase>): Promise<FreshDatabase> {
  const made = await freshDatabase(...content);
  dropped.push(made);
  return made;
}

async function nats(): Promise<FreshNats> {
  const made = await freshNats();
  dropped.push(made);
  return made;
}

afterAll(async () => {
  for (const made of dropped.reverse()) await made.drop();
});

async function valuesIn(url: string): Promise<number[]> {
  return withClient(url, async (client) =>
    (await client.query<{ value: number }>('SELECT value FROM sample ORDER BY value')).rows.map(({ value }) => value),
  );
}

describe('the servers of the run', () => {
  it('answer', async () => {
    const { natsUrl, databaseUrl } = testServers();
    const connection = await connect({ servers: natsUrl });
    expect((await (await jetstreamManager(connection)).getAccountInfo()).limits.max_streams).toBe(-1);
    await connection.close();
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    expect((await client.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
  });
});

describe('freshDatabase', () => {
  it('gives databases that know nothing of each other', async () => {
    const [first, second] = await Promise.all([database(), database()]);
    await withClient(first.url, (client) => client.query('CREATE TABLE sample AS SELECT 1 AS value'));
    await expect(valuesIn(second.url)).rejects.toMatchObject({ code: '42P01' });
    expect(await valuesIn(first.url)).toEqual([1]);
  });

  it('prepares once for all that ask for the same key at the same time', async () => {
    let preparations = 0;
    const content = {
      key: 'a sample with one value',
      prepare: async (url: string) => {
        preparations += 1;
        await withClient(url, (client) => client.query('CREATE TABLE sample AS SELECT 7 AS value'));
      },
    };
    const copies = await Promise.all([database(content), database(content), database(content)]);
    for (const { url } of copies) expect(await valuesIn(url)).toEqual([7]);
    expect(preparations).toBe(1);
  });

  it('prepares again after an attempt that failed', async () => {
    const key = 'a sample that fails at first';
    await expect(database({ key, prepare: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    const { url } = await database({
      key,
      prepare: (empty) => withClient(empty, async (client) => void (await client.query('CREATE TABLE sample AS SELECT 8 AS value'))),
    });
    expect(await valuesIn(url)).toEqual([8]);
  });

  it('is gone after drop, whoever is connected', async () => {
    const { url, drop } = await freshDatabase();
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    await drop();
    await expect(client.query('SELECT 1')).rejects.toThrow();
    await expect(valuesIn(url)).rejects.toMatchObject({ code: '3D000' });
  });
});

describe('freshNats', () => {
  it('has no stream, whatever an earlier test has left', async () => {
    const first = await nats();
    await withStreams(first.url, (manager) => manager.streams.add({ name: 'EVENTS', subjects: ['events.>'] }));
    const second = await nats();
    expect(await withStreams(second.url, (manager) => manager.streams.names().next())).toEqual([]);
  });
});

async function withStreams<T>(url: string, action: (manager: Awaited<ReturnType<typeof jetstreamManager>>) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: url });
  try {
    return await action(await jetstreamManager(connection));
  } finally {
    await connection.close();
  }
}
