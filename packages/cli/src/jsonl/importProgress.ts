import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../isErrno.js';
import { emptyTally, type ImportTally } from '../sending/importTally.js';
import { writeFileAtomic } from '../writeFileAtomic.js';
import type { FilePosition } from './jsonlItems.js';

/** Interrupted imports that are remembered; the oldest go first. */
const IMPORTS_REMEMBERED_MAX = 100;
const DIRECTORY_MODE = 0o700;

interface Saved {
  position: FilePosition;
  /** SHA-256 of everything before the position: only the very same beginning is skipped. */
  prefix: string;
  tally: ImportTally;
}

export interface ImportProgressOptions {
  dataDirectory: string;
  /** Of the file, resolved. */
  path: string;
  /** Of the server. */
  url: string;
}

/** How far the import of a file into a server came, for the time that it is interrupted. */
export class ImportProgress {
  readonly #directory: string;
  readonly #file: string;
  readonly #source: string;
  #hashed = 0;
  #hash: Hash = createHash('sha256');

  constructor({ dataDirectory, path, url }: ImportProgressOptions) {
    this.#directory = join(dataDirectory, 'imports');
    this.#file = join(
      this.#directory,
      `${createHash('sha256')
        .update(JSON.stringify([path, url]))
        .digest('hex')}.json`,
    );
    this.#source = path;
  }

  /**
   * Where to go on. From the start where nothing is remembered, where the file does not begin as it did, or where the
   * log is shorter than what was sent to it (another server, or one that was emptied).
   */
  async resume(lastSequenceOfLog: number): Promise<{ position: FilePosition; tally: ImportTally }> {
    const saved = await this.#read();
    if (saved === null || saved.tally.lastSequence > lastSequenceOfLog || !(await this.#beginsWith(saved))) {
      this.#hashed = 0;
      this.#hash = createHash('sha256');
      return { position: { offset: 0, lines: 0 }, tally: emptyTally() };
    }
    return { position: saved.position, tally: saved.tally };
  }

  /** Everything before the position is with the server, or told as a problem. */
  async save(position: FilePosition, tally: ImportTally): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: DIRECTORY_MODE });
    await this.#hashUpTo(position.offset);
    const saved: Saved = { position, prefix: this.#hash.copy().digest('hex'), tally };
    await writeFileAtomic(this.#file, JSON.stringify(saved));
    await forgetOldest(this.#directory);
  }

  /** The import is complete: the next one of this file begins at its start. */
  async clear(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async #read(): Promise<Saved | null> {
    try {
      return JSON.parse(await readFile(this.#file, 'utf8')) as Saved;
    } catch (error) {
      if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  async #beginsWith(saved: Saved): Promise<boolean> {
    const { size } = await stat(this.#source);
    if (size < saved.position.offset) return false;
    await this.#hashUpTo(saved.position.offset);
    return this.#hash.copy().digest('hex') === saved.prefix;
  }

  async #hashUpTo(offset: number): Promise<void> {
    if (offset <= this.#hashed) return;
    for await (const chunk of createReadStream(this.#source, { start: this.#hashed, end: offset - 1 }) as AsyncIterable<Buffer>)
      this.#hash.update(chunk);
    this.#hashed = offset;
  }
}

async function forgetOldest(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
  if (names.length <= IMPORTS_REMEMBERED_MAX) return;
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })));
  aged.sort((a, b) => a.at - b.at);
  for (const { name } of aged.slice(0, names.length - IMPORTS_REMEMBERED_MAX)) await rm(join(directory, name), { force: true });
}
