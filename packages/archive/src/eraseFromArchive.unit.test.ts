import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Archive } from './Archive.js';
import type { ArchivePlace } from './ArchivePlace.js';
import { directoryPlace } from './directoryPlace.js';
import { eraseFromArchive } from './eraseFromArchive.js';
import type { LogEntry } from './LogEntry.js';
import { verifyArchive } from './verifyArchive.js';

const signal = new AbortController().signal;
const quiet = { progress: () => undefined, signal };
let directory: string;

/** Four files of three entries; every third entry is of ada alone, and every fifth of ada and ben. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-erase-'));
  const archive = await Archive.open(directoryPlace(directory));
  for (let first = 1; first <= 10; first += 3) {
    const entries = [first, first + 1, first + 2].map(entryAt);
    await archive.append(entries, { first, last: first + 2 });
  }
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

function entryAt(sequence: number): LogEntry {
  const who = sequence % 3 === 0 && sequence < 9 ? 'ada' : sequence === 5 ? 'ada,ben' : 'carla';
  return { sequence, subject: 'log.0.default', storedAt: sequence, headers: [], data: Buffer.from(who) };
}

const redact = (entry: LogEntry): Promise<Buffer | null> =>
  Promise.resolve(entry.data.includes('ada') ? Buffer.from(entry.data.toString().replace(/ada,?/, '')) : null);

async function held(place: ArchivePlace): Promise<string[]> {
  const archive = await Archive.open(place);
  await verifyArchive(archive, quiet);
  const all: string[] = [];
  for await (const entries of archive.read(0)) all.push(...entries.map(({ sequence, data }) => `${sequence} ${data.toString()}`));
  return all;
}

const AFTER = ['1 carla', '2 carla', '4 carla', '5 ben', '7 carla', '8 carla', '9 carla', '10 carla', '11 carla', '12 carla'];

describe('somebody who is taken out of an archive', () => {
  it('leaves a sound archive, and files without them as they were', async () => {
    const last = await readFile(join(directory, '0000000000000010-0000000000000012.avro'));
    const place = directoryPlace(directory);
    expect(await eraseFromArchive({ place, redact, ...quiet })).toEqual({ files: 2, entries: 3 });
    expect(await held(place)).toEqual(AFTER);
    expect(await readFile(join(directory, '0000000000000010-0000000000000012.avro'))).toEqual(last);
    expect(await eraseFromArchive({ place, redact, ...quiet })).toEqual({ files: 0, entries: 0 });
    expect((await readdir(directory)).length).toBe(8);
  });

  // proves: erased-though-interrupted
  it('is gone in the end, wherever it was interrupted, and nobody reads the archive before', async () => {
    for (let writes = 1; writes <= 7; writes++) {
      const place = failingAfter(writes);
      await expect(eraseFromArchive({ place, redact, ...quiet })).rejects.toThrow('the disk is gone');
      await expect(Archive.open(directoryPlace(directory))).rejects.toMatchObject({ code: 'erasure_interrupted' });
    }
    await eraseFromArchive({ place: directoryPlace(directory), redact, ...quiet });
    expect(await held(directoryPlace(directory))).toEqual(AFTER);
  });

  it('begins with nothing where the archive was damaged before', async () => {
    const place = directoryPlace(directory);
    await place.write('0000000000000004-0000000000000006.avro', Buffer.from('something else'));
    await expect(eraseFromArchive({ place, redact: () => Promise.resolve(null), ...quiet })).rejects.toMatchObject({
      code: 'archive_damaged',
    });
    expect(await readdir(directory)).not.toContain('erasing.json');
  });
});

function failingAfter(writes: number): ArchivePlace {
  const place = directoryPlace(directory);
  let left = writes;
  return {
    ...place,
    write: (name, bytes) => (left-- > 0 ? place.write(name, bytes) : Promise.reject(new Error('the disk is gone'))),
    remove: () => Promise.reject(new Error('the disk is gone')),
  };
}
