import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseInstant, type WireEvent } from '@cairn/contracts';
import { createEventId } from '@cairn/sdk';
import { CliError } from '../errors.js';
import { isErrno } from '../isErrno.js';
import { writeFileAtomic } from '../writeFileAtomic.js';

/** Events that wait for a server at most. Beyond it, keeping another is refused aloud. */
const SPOOL_EVENTS_MAX = 10_000;
/** Refused events that are kept for a person to look at. */
const REFUSED_EVENTS_MAX = 1000;
const DIRECTORY_MODE = 0o700;

export interface KeptEvent {
  /** The name of its file. */
  name: string;
  /** The server that it is meant for; null for the one that runs on this data directory. */
  url: string | null;
  event: WireEvent;
}

/**
 * Events that could not be sent yet: a directory with one file an event. Files appear and
 * vanish as a whole, so any number of processes may keep and send at once; what two of them send is one event, for its
 * identity was fixed when it was kept.
 */
export class Spool {
  readonly directory: string;
  readonly #refused: string;
  readonly #eventsMax: number;

  constructor(dataDirectory: string, { eventsMax = SPOOL_EVENTS_MAX }: { eventsMax?: number } = {}) {
    this.#eventsMax = eventsMax;
    this.directory = join(dataDirectory, 'spool');
    this.#refused = join(this.directory, 'refused');
  }

  /** @throws CliError spool_full */
  async keep(event: WireEvent, url: string | null): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: DIRECTORY_MODE });
    const waiting = (await this.#names()).length;
    if (waiting >= this.#eventsMax) {
      throw new CliError(
        'spool_full',
        `the event is not kept: ${waiting} events wait in ${this.directory} already, the most there may be. Start the server, then run any command, and they are sent`,
      );
    }
    await writeFileAtomic(join(this.directory, `${createEventId()}.json`), JSON.stringify({ url, event }));
  }

  /** What waits for this server, oldest first. */
  async waitingFor(url: string | null): Promise<KeptEvent[]> {
    const kept: KeptEvent[] = [];
    for (const name of await this.#names()) {
      const entry = await this.#read(name);
      if (entry !== null && entry.url === url) kept.push(entry);
    }
    return kept.sort((a, b) => instantOf(a) - instantOf(b));
  }

  /** It has been sent. */
  async remove(name: string): Promise<void> {
    await rm(join(this.directory, name), { force: true });
  }

  /** The server will never take it: put aside, for a person to look at. Answers where it lies now. */
  async putAside(name: string): Promise<string> {
    await mkdir(this.#refused, { recursive: true, mode: DIRECTORY_MODE });
    const refused = (await jsonFiles(this.#refused)).sort();
    for (const oldest of refused.slice(0, Math.max(0, refused.length - REFUSED_EVENTS_MAX + 1)))
      await rm(join(this.#refused, oldest), { force: true });
    const target = join(this.#refused, name);
    try {
      await rename(join(this.directory, name), target);
    } catch (error) {
      // Another process has put it aside, or sent it, at the same time.
      if (!isErrno(error, 'ENOENT')) throw error;
    }
    return target;
  }

  async #names(): Promise<string[]> {
    return (await jsonFiles(this.directory)).sort();
  }

  async #read(name: string): Promise<KeptEvent | null> {
    try {
      const entry = JSON.parse(await readFile(join(this.directory, name), 'utf8')) as { url: string | null; event: WireEvent };
      return { name, url: entry.url, event: entry.event };
    } catch (error) {
      // Sent by another process meanwhile.
      if (isErrno(error, 'ENOENT')) return null;
      if (!(error instanceof SyntaxError)) throw error;
      await this.putAside(name);
      return null;
    }
  }
}

async function jsonFiles(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The door refuses what has no time, so it does not matter where it stands. */
function instantOf({ event }: KeptEvent): number {
  return parseInstant(event.occurred_at) ?? 0;
}
