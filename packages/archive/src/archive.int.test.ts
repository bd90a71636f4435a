import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FreshNats, freshNats } from '@cairn/testing';
import { jetstream, jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Archive } from './Archive.js';
import { directoryPlace } from './directoryPlace.js';
import { exportLog } from './exportLog.js';
import { importLog } from './importLog.js';
import { verifyArchive } from './verifyArchive.js';

const stream = { name: 'CAIRN_LOG', subjects: ['log.>'] } satisfies Partial<StreamConfig>;
const ENTRIES = 300;
const never = new AbortController().signal;
const quiet = { progress: () => undefined, signal: never };

let server: FreshNats;
let nats: NatsConnection;
let directory: string;

beforeAll(async () => {
  server = await freshNats();
  nats = await connect({ servers: server.url, noAsyncTraces: true });
});
afterAll(async () => {
  await nats.close();
  await server.drop();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-archive-'));
  await emptyLog();
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function emptyLog(): Promise<void> {
  const { streams } = await jetstreamManager(nats);
  await streams.delete('CAIRN_LOG').catch(() => false);
  await streams.add(stream);
}

async function write(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    const told = headers();
    told.set('Nats-Msg-Id', `entry-${n}`);
    told.append('Cairn-Redrives', String(n));
    await jetstream(nats).publish(`log.${n % 4}.default`, Buffer.from(`entry ${n} ${'x'.repeat(n)}`), { headers: told });
  }
}

/** All that the stream tells of its entries, but for when it took them. */
async function content(): Promise<unknown> {
  const { streams } = await jetstreamManager(nats);
  const { state } = await streams.info('CAIRN_LOG');
  const entries: unknown[] = [];
  for (let seq = 1; seq <= state.last_seq; seq++) {
    const message = await streams.getMessage('CAIRN_LOG', { seq });
    entries.push(message === null ? seq : [message.seq, message.subject, message.string(), message.header.values('Cairn-Redrives')]);
  }
  return { last: state.last_seq, messages: state.messages, entries };
}

async function erase(...sequences: number[]): Promise<void> {
  for (const sequence of sequences) await (await jetstreamManager(nats)).streams.deleteMessage('CAIRN_LOG', sequence);
}

const open = () => Archive.open(directoryPlace(directory));

describe('an archive of the log', () => {
  // proves: lost-jetstream
  it('brings back a lost stream, each entry at its place, with the holes of what was erased', async () => {
    await write(0, ENTRIES);
    await erase(1, 7, 8, ENTRIES);
    expect(await exportLog({ nats, archive: await open(), ...quiet })).toBe(ENTRIES - 4);
    const before = await content();
    await emptyLog();
    const report = await importLog({ nats, archive: await open(), goOnBehind: 0, ...quiet });
    expect(report).toEqual({ first: 2, last: ENTRIES, entries: ENTRIES - 4, lost: 0 });
    expect(await content()).toEqual(before);
    // What comes next goes on behind it, and is archived behind it.
    await write(ENTRIES, 3);
    expect(await exportLog({ nats, archive: await open(), ...quiet })).toBe(3);
    expect(await exportLog({ nats, archive: await open(), ...quiet })).toBe(0);
    expect(await verifyArchive(await open(), quiet)).toBe(ENTRIES - 1);
  });

  it('holds what the log was trimmed of, and goes on with a log that begins behind its first entries', async () => {
    await write(0, 100);
    await exportLog({ nats, archive: await open(), ...quiet });
    await (await jetstreamManager(nats)).streams.purge('CAIRN_LOG', { seq: 90 });
    await write(100, 50);
    await exportLog({ nats, archive: await open(), ...quiet });
    const archive = await open();
    expect([archive.first, archive.last, archive.entries]).toEqual([1, 150, 150]);
    // The end of the archive is not in the log any more: nobody knows what came between.
    await (await jetstreamManager(nats)).streams.purge('CAIRN_LOG');
    await write(150, 10);
    await (await jetstreamManager(nats)).streams.purge('CAIRN_LOG', { seq: 155 });
    await expect(exportLog({ nats, archive, ...quiet })).rejects.toMatchObject({ code: 'archive_gap' });
  });

  it('goes on with an import that was interrupted, and puts new entries behind what was evaluated', async () => {
    await write(0, ENTRIES);
    const before = await content();
    await exportLog({ nats, archive: await open(), ...quiet });
    await emptyLog();
    const stop = new AbortController();
    stop.abort();
    await expect(importLog({ nats, archive: await open(), goOnBehind: 0, ...quiet, signal: stop.signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    // As far as a process came that was killed.
    await write(0, 120);
    const report = await importLog({ nats, archive: await open(), goOnBehind: ENTRIES + 20, ...quiet });
    expect(report).toEqual({ first: 1, last: ENTRIES, entries: ENTRIES - 120, lost: 20 });
    const { streams } = await jetstreamManager(nats);
    expect((await streams.info('CAIRN_LOG')).state).toMatchObject({ last_seq: ENTRIES + 20, messages: ENTRIES });
    expect(await content()).toMatchObject({ entries: expect.arrayContaining((before as { entries: unknown[] }).entries) as unknown });
    // Done twice, it changes nothing.
    await expect(importLog({ nats, archive: await open(), goOnBehind: 0, ...quiet })).rejects.toMatchObject({
      code: 'archive_of_another_log',
    });
  });

  it('refuses a log that holds something else', async () => {
    await write(0, 50);
    await exportLog({ nats, archive: await open(), ...quiet });
    await emptyLog();
    await write(1_000, 40);
    await expect(importLog({ nats, archive: await open(), goOnBehind: 0, ...quiet })).rejects.toMatchObject({
      code: 'archive_of_another_log',
    });
    await write(2_000, 10);
    await expect(exportLog({ nats, archive: await open(), ...quiet })).rejects.toMatchObject({ code: 'archive_of_another_log' });
    await expect(
      importLog({ nats, archive: await Archive.open(directoryPlace(join(directory, 'none'))), goOnBehind: 0, ...quiet }),
    ).rejects.toMatchObject({
      code: 'not_an_archive',
    });
  });

  // proves: archive-is-checked
  it('notices each file that was changed, cut, put in between or taken away', async () => {
    for (let n = 0; n < 3; n++) {
      await write(n * 10, 10);
      await exportLog({ nats, archive: await open(), ...quiet });
    }
    const names = (await readdir(directory)).sort();
    expect(names).toHaveLength(6);
    const check = async () => verifyArchive(await open(), quiet);
    expect(await check()).toBe(30);
    for (const name of names) {
      const path = join(directory, name);
      const bytes = await readFile(path);
      const changed = Buffer.from(bytes);
      changed[bytes.length - 30] = (changed[bytes.length - 30] ?? 0) ^ 1;
      for (const wrong of [changed, bytes.subarray(0, -1), null]) {
        if (wrong === null) await rm(path);
        else await writeFile(path, wrong);
        // The newest file may be missing with its manifest: that is an older archive.
        if (wrong === null && name === names.at(-1)) expect(await check()).toBe(20);
        else await expect(check(), `${name} ${String(wrong?.length)}`).rejects.toMatchObject({ code: 'archive_damaged' });
      }
      await writeFile(path, bytes);
    }
    expect(await check()).toBe(30);
  });
});
