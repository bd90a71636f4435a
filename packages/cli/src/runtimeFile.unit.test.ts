import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findServer } from './findServer.js';
import { readRuntimeFile, removeRuntimeFile, runtimeFilePath, writeRuntimeFile } from './runtimeFile.js';
import { temporaryDirectory } from './testing/temporaryDirectory.js';

const runtime = {
  url: 'http://127.0.0.1:7400',
  nats_url: 'nats://127.0.0.1:4222',
  database_url: 'postgres://x',
  token: 'secret',
  pid: process.pid,
};
/** Above what any Linux gives out. */
const DEAD_PID = 4_194_305;

describe('runtime.json', () => {
  it('comes back as it was written, whole, for its owner alone', async () => {
    const directory = join(await temporaryDirectory(), 'new');
    await writeRuntimeFile(directory, { ...runtime, url: 'http://127.0.0.1:1' });
    await writeRuntimeFile(directory, runtime);
    expect(await readRuntimeFile(directory)).toEqual(runtime);
    expect(JSON.parse(await readFile(runtimeFilePath(directory), 'utf8'))).toEqual(runtime);
    expect((await stat(runtimeFilePath(directory))).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['runtime.json']);
  });

  it('is removed by the process that wrote it, and by no other', async () => {
    const directory = await temporaryDirectory();
    await writeRuntimeFile(directory, { ...runtime, pid: process.pid + 1 });
    await removeRuntimeFile(directory);
    expect(await readRuntimeFile(directory)).not.toBeNull();
    await removeRuntimeFile(directory, process.pid + 1);
    expect(await readRuntimeFile(directory)).toBeNull();
  });

  it.each(['', '{', '[]', 'null', '{"url":"http://x"}', '{"url":"http://x","token":"t","pid":-1}'])(
    'is refused where it says %j',
    async (text) => {
      const directory = await temporaryDirectory();
      await writeFile(runtimeFilePath(directory), text);
      await expect(readRuntimeFile(directory)).rejects.toMatchObject({ code: 'unreadable_runtime_file' });
    },
  );
});

describe('finding the server', () => {
  const none = { url: null, token: null };

  it('reads who runs on the data directory', async () => {
    const directory = await temporaryDirectory();
    await writeRuntimeFile(directory, runtime);
    expect(await findServer({ ...none, dataDirectory: directory })).toEqual({ url: runtime.url, token: 'secret', foundBy: 'local' });
    expect(await findServer({ ...none, token: 'other', dataDirectory: directory })).toMatchObject({ token: 'other' });
  });

  it('says how to start one where there is none', async () => {
    const directory = await temporaryDirectory();
    await expect(findServer({ ...none, dataDirectory: directory })).rejects.toMatchObject({
      code: 'no_server',
      message: expect.stringContaining('cairn serve') as string,
    });
  });

  it('does not take one that died for one that runs', async () => {
    const directory = await temporaryDirectory();
    await writeRuntimeFile(directory, { ...runtime, pid: DEAD_PID });
    await expect(findServer({ ...none, dataDirectory: directory })).rejects.toMatchObject({
      code: 'stale_server',
      message: expect.stringContaining('cairn serve') as string,
    });
  });

  it('goes where it is told to, and lends its token to the local server alone', async () => {
    const directory = await temporaryDirectory();
    await writeRuntimeFile(directory, runtime);
    const named = { token: null, dataDirectory: directory };
    expect(await findServer({ ...named, url: 'http://127.0.0.1:7400/' })).toEqual({ url: runtime.url, token: 'secret', foundBy: 'url' });
    expect(await findServer({ ...named, url: 'https://cairn.example.com' })).toMatchObject({ token: null });
    await expect(findServer({ ...named, url: 'localhost:7400' })).rejects.toMatchObject({ code: 'usage' });
  });
});
