import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../isErrno.js';
import { writeFileAtomic } from '../writeFileAtomic.js';

/** Keys that are remembered; the oldest go first. */
const KEYS_REMEMBERED_MAX = 1000;
const DIRECTORY_MODE = 0o700;

/** What `--key` was used for: which server, and everything that was said but the time. */
export interface KeyedCall {
  url: string | null;
  key: string;
  said: unknown;
}

/**
 * Remembers at which time the first call with a key was made. A script that is run again says the same with the same
 * key, only later; with the first time it is the same event, and the server answers with the original's result instead
 * of seeing a conflict.
 */
export class KeyMemory {
  readonly #directory: string;

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, 'keys');
  }

  /** The time of the first such call, or null for a call that is new. */
  async recall(call: KeyedCall): Promise<string | null> {
    try {
      const remembered = JSON.parse(await readFile(this.#pathOf(call), 'utf8')) as { occurred_at?: unknown };
      return typeof remembered.occurred_at === 'string' ? remembered.occurred_at : null;
    } catch (error) {
      if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  async remember(call: KeyedCall, occurredAt: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: DIRECTORY_MODE });
    await writeFileAtomic(this.#pathOf(call), JSON.stringify({ occurred_at: occurredAt }));
    await this.#forgetOldest();
  }

  async #forgetOldest(): Promise<void> {
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith('.json'));
    if (names.length <= KEYS_REMEMBERED_MAX) return;
    const aged = await Promise.all(names.map(async (name) => ({ name, at: await modifiedAt(join(this.#directory, name)) })));
    aged.sort((a, b) => a.at - b.at);
    for (const { name } of aged.slice(0, names.length - KEYS_REMEMBERED_MAX)) await rm(join(this.#directory, name), { force: true });
  }

  #pathOf(call: KeyedCall): string {
    const hash = createHash('sha256')
      .update(JSON.stringify([call.url, call.key, call.said]))
      .digest('hex');
    return join(this.#directory, `${hash}.json`);
  }
}

async function modifiedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    // Forgotten by another process meanwhile.
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}
