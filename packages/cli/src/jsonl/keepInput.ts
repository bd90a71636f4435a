import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../errors.js';

/** Bytes that are taken from a pipe. More belongs into a file, where an import can be resumed. */
const INPUT_BYTES_MAX = 4 * 1024 * 1024 * 1024;
const OWNER_ONLY = 0o600;

export interface KeepInputOptions<T> {
  signal: AbortSignal;
  run: (path: string) => Promise<T>;
}

/**
 * Runs with the whole input in a file: what comes through a pipe has to be read to its end before the order of its
 * events is known. The file is removed afterwards.
 */
export async function keepInput<T>(input: Readable, { signal, run }: KeepInputOptions<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-import-'));
  try {
    const path = join(directory, 'input.jsonl');
    await pipeline(input, bounded(INPUT_BYTES_MAX), createWriteStream(path, { mode: OWNER_ONLY }), { signal });
    return await run(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function bounded(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > bytesMax)
        done(
          new CliError('unsorted_too_large', `more than ${bytesMax} bytes came through the pipe: write them to a file, and import that`),
        );
      else done(null, chunk);
    },
  });
}
