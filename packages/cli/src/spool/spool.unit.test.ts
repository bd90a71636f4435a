import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@cairn/sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingHost } from '../testing/recordingHost.js';
import { temporaryDirectory } from '../testing/temporaryDirectory.js';
import { sendSpooled } from './sendSpooled.js';
import { Spool } from './spool.js';

function event(id: string, second = 0) {
  return {
    event_id: id,
    type: 'build.succeeded',
    actor: { user_id: 'u' },
    occurred_at: new Date(1_775_988_900_000 + second * 1000).toISOString(),
  };
}

describe('what is kept', () => {
  it('comes back in order, for the server that it was meant for', async () => {
    const spool = new Spool(join(await temporaryDirectory(), 'new'));
    expect(await spool.waitingFor(null)).toEqual([]);
    await spool.keep(event('b', 2), null);
    await spool.keep(event('far', 1), 'https://cairn.example.com');
    await spool.keep(event('a', 1), null);
    expect((await spool.waitingFor(null)).map((kept) => kept.event.event_id)).toEqual(['a', 'b']);
    expect((await spool.waitingFor('https://cairn.example.com')).map((kept) => kept.event.event_id)).toEqual(['far']);
    const [name = ''] = await readdir(spool.directory);
    expect((await stat(join(spool.directory, name))).mode & 0o777).toBe(0o600);
  });

  it('survives many writers at once', async () => {
    const directory = await temporaryDirectory();
    await Promise.all(Array.from({ length: 50 }, (_, index) => new Spool(directory).keep(event(`e${index}`), null)));
    const kept = await new Spool(directory).waitingFor(null);
    expect(new Set(kept.map((each) => each.event.event_id)).size).toBe(50);
  });

  it('has a bound, and says so', async () => {
    const spool = new Spool(await temporaryDirectory(), { eventsMax: 2 });
    await spool.keep(event('a'), null);
    await spool.keep(event('b'), 'https://cairn.example.com');
    await expect(spool.keep(event('one too many'), null)).rejects.toMatchObject({ code: 'spool_full' });
  });

  it('is sent once, by however many commands at the same time', async () => {
    const host = await startRecordingHost();
    onTestFinished(() => host.stop());
    const directory = await temporaryDirectory();
    const spool = new Spool(directory);
    for (let index = 0; index < 30; index++) await spool.keep(event(`e${index}`, index), null);
    const client = createClient({ url: host.url });
    await Promise.all(Array.from({ length: 4 }, () => sendSpooled(new Spool(directory), client, null)));
    expect(host.taken.map(({ event_id }) => event_id)).toEqual(Array.from({ length: 30 }, (_, index) => `e${index}`));
    expect(await spool.waitingFor(null)).toEqual([]);
  });

  it('is put aside where it is refused, and stops nothing', async () => {
    const host = await startRecordingHost();
    onTestFinished(() => host.stop());
    const spool = new Spool(await temporaryDirectory());
    await spool.keep(event('refuse-1'), null);
    await spool.keep(event('good'), null);
    await writeFile(join(spool.directory, '0-torn.json'), '{"url":');
    const report = await sendSpooled(spool, createClient({ url: host.url }), null);
    expect(report).toMatchObject({ sent: 1, refused: [expect.stringContaining('invalid_event: for the test') as string] });
    expect(await spool.waitingFor(null)).toEqual([]);
    expect(await readdir(join(spool.directory, 'refused'))).toHaveLength(2);
  });

  it('stays where the server cannot be reached', async () => {
    const host = await startRecordingHost();
    await host.stop();
    const spool = new Spool(await temporaryDirectory());
    await spool.keep(event('a'), null);
    await expect(sendSpooled(spool, createClient({ url: host.url, retry: { attemptsMax: 1 } }), null)).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(await spool.waitingFor(null)).toHaveLength(1);
  });
});
