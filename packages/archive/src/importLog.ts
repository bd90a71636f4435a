import { LOG_STREAM } from '@cairn/contracts';
import { JetStreamApiError, type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { Archive } from './Archive.js';
import { ArchiveError } from './ArchiveError.js';
import type { LogEntry } from './LogEntry.js';
import { IMPORT_IN_FLIGHT_MAX, IMPORT_TIMEOUT_MS } from './limits.js';

/** In the stream, but read by nobody: it takes the place of what was erased, and is purged. */
const GAP_SUBJECT = 'log.gap';
/** What the stream itself says in headers: a message id would make it take entries that were far apart for duplicates. */
const STREAM_HEADERS = /^nats-/i;

export interface LogImport {
  nats: NatsConnection;
  archive: Archive;
  /** What is accepted from now on comes behind this place, though the archive ends before it: up to here, all was evaluated. */
  goOnBehind: number;
  progress(done: number, total: number): void;
  signal: AbortSignal;
}

export interface ImportReport {
  /** The places of the log that were restored. */
  first: number;
  last: number;
  entries: number;
  /** Places behind the archive that were evaluated, and whose entries are lost. */
  lost: number;
}

/**
 * Puts the entries of an archive back into a stream that has lost them, each at the place that it had. The stream must be there, and
 * be empty or hold what an interrupted import has brought. @throws ArchiveError
 */
export async function importLog(of: LogImport): Promise<ImportReport> {
  const { nats, archive } = of;
  if (archive.last === 0) throw new ArchiveError('not_an_archive', `${archive.place} holds no archive`);
  const manager = await jetstreamManager(nats);
  const restored = await begin(manager, archive);
  const restoring = new Restoring({ js: jetstream(nats), next: restored + 1, signal: of.signal });
  let entries = 0;
  for await (const segment of archive.read(restored)) {
    for (const entry of segment) {
      await restoring.put(entry);
      entries++;
    }
    of.progress(restoring.next - 1, archive.last);
  }
  const end = Math.max(archive.last, of.goOnBehind);
  await restoring.skipTo(end + 1);
  await restoring.settled();
  await manager.streams.purge(LOG_STREAM, { filter: GAP_SUBJECT });
  of.progress(archive.last, archive.last);
  return { first: archive.first, last: archive.last, entries, lost: end - archive.last };
}

/** Answers the place up to which the stream is restored already. */
async function begin(manager: JetStreamManager, archive: Archive): Promise<number> {
  const { state } = await manager.streams.info(LOG_STREAM);
  if (state.last_seq < archive.first - 1) {
    if (state.messages > 0) throw otherLog(state.last_seq);
    // An empty stream begins where it is told to.
    await manager.streams.purge(LOG_STREAM, { seq: archive.first });
    return archive.first - 1;
  }
  if (state.last_seq === 0) return 0;
  const [archived, stored] = await Promise.all([
    archive.at(state.last_seq),
    manager.streams.getMessage(LOG_STREAM, { seq: state.last_seq }),
  ]);
  const isSame =
    archived === null ? stored === null || stored.subject === GAP_SUBJECT : stored !== null && archived.data.equals(stored.data);
  if (state.last_seq > archive.last || (!isSame && state.last_seq >= archive.first)) throw otherLog(state.last_seq);
  return state.last_seq;
}

function otherLog(last: number): ArchiveError {
  return new ArchiveError(
    'archive_of_another_log',
    `the log is not empty: it goes up to ${last}, with other entries than the archive. Only a lost log is restored; move this one away first`,
  );
}

/** Entries under way to their places: they are taken in order or not at all. */
class Restoring {
  readonly #js: JetStreamClient;
  readonly #signal: AbortSignal;
  #next: number;
  #inFlight: Promise<unknown>[] = [];

  constructor(of: { js: JetStreamClient; next: number; signal: AbortSignal }) {
    this.#js = of.js;
    this.#next = of.next;
    this.#signal = of.signal;
  }

  get next(): number {
    return this.#next;
  }

  async put(entry: LogEntry): Promise<void> {
    await this.skipTo(entry.sequence);
    await this.#publish(entry.subject, entry.data, headersOf(entry));
  }

  async skipTo(sequence: number): Promise<void> {
    while (this.#next < sequence) await this.#publish(GAP_SUBJECT, new Uint8Array());
  }

  async settled(): Promise<void> {
    await Promise.all(this.#inFlight.splice(0)).catch((cause: unknown) => {
      // The stream refuses one that is not at its place, and with it all behind it.
      if (!(cause instanceof JetStreamApiError)) throw cause;
      throw new ArchiveError('log_in_use', `somebody writes to the log while it is restored: stop all of Cairn (${cause.message})`, {
        cause,
      });
    });
  }

  async #publish(subject: string, data: Uint8Array, told?: MsgHdrs): Promise<void> {
    if (this.#inFlight.length >= IMPORT_IN_FLIGHT_MAX) await this.settled();
    if (this.#signal.aborted) {
      await this.settled();
      throw new ArchiveError('interrupted', 'the import was interrupted: the same call goes on where it stopped');
    }
    const place = { expect: { lastSequence: this.#next - 1 }, timeout: IMPORT_TIMEOUT_MS };
    const published = this.#js.publish(subject, data, told === undefined ? place : { ...place, headers: told });
    void Promise.allSettled([published]);
    this.#inFlight.push(published);
    this.#next++;
  }
}

function headersOf(entry: LogEntry): MsgHdrs | undefined {
  const told = entry.headers.filter(({ name }) => !STREAM_HEADERS.test(name));
  if (told.length === 0) return undefined;
  const all = headers();
  for (const { name, value } of told) all.append(name, value);
  return all;
}
