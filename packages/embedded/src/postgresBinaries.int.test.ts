import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { preparePostgresBinaries } from './postgresBinaries.js';
import type { RunAs } from './unprivilegedAccount.js';

let dir: string;

/** Somebody who can run what lies in the data directory only, as when the packages lie below /root. */
const confined: RunAs = (command) => (command.file.startsWith(dir) ? command : { ...command, file: join(dir, 'out of reach') });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cairn-programs-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('preparePostgresBinaries', () => {
  it('takes the programs where they are when they can be run there', async () => {
    const { postgres, majorVersion } = await preparePostgresBinaries(dir, (command) => command);
    const { stdout } = await promisify(execFile)(postgres, ['--version']);
    expect(stdout).toContain(`(PostgreSQL) ${majorVersion}.`);
    expect(await readdir(dir)).toEqual([]);
  });

  it('copies them, once a version, when they are out of reach', async () => {
    const { postgres, initdb } = await preparePostgresBinaries(dir, confined);
    expect(postgres.startsWith(dir)).toBe(true);
    // It finds its libraries and, next to itself, the server.
    await promisify(execFile)(initdb, ['--version']);
    const { ino } = await stat(postgres);
    await preparePostgresBinaries(dir, confined);
    expect((await stat(postgres)).ino).toBe(ino);
  });

  it('says what can be done when they cannot be run at all', async () => {
    await expect(preparePostgresBinaries(dir, (command) => ({ ...command, file: join(dir, 'nothing') }))).rejects.toMatchObject({
      code: 'postgres_missing',
      message: expect.stringContaining('DATABASE_URL') as string,
    });
  });
});
