import { LOG_STREAM, LOG_SUBJECTS } from '@cairn/contracts';
import { RedactedEntries, type RedactedEntry } from '@cairn/runtime';
import { type ConsumerMessages, DeliverPolicy, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Archive } from './Archive.js';
import { ArchiveError } from './ArchiveError.js';
import type { LogEntry } from './LogEntry.js';
import { EXPORT_ENTRIES_AHEAD, SEGMENT_BYTES_MAX, SEGMENT_ENTRIES_MAX } from './limits.js';

export interface LogExport {
  nats: NatsConnection;
  archive: Archive;
  progress(done: number, total: number): void;
  signal: AbortSignal;
}

/**
 * Adds to the archive what the log holds behind its end, up to where the log is now. What is in files stays, whatever happens, and
 * the next call goes on behind it. Answers how many entries were added.
 * @throws ArchiveError
 */
export async function exportLog({ nats, archive, progress, signal }: LogExport): Promise<number> {
  const { state } = await (await jetstreamManager(nats)).streams.info(LOG_STREAM);
  const begin = archive.last === 0 ? Math.max(1, state.first_seq) : archive.last + 1;
  if (archive.last > 0) await refuseOtherLog(nats, archive, state);
  if (state.last_seq < begin) return 0;
  const before = archive.entries;
  const redacted = new RedactedEntries(await jetstreamManager(nats));
  const version = await redacted.refresh();
  const rests = redacted.read(redacted.between([LOG_SUBJECTS], { after: begin - 1, before: state.last_seq + 1 }));
  const pending = new PendingSegment(archive, begin, async () => {
    // What was taken out of the log meanwhile may have been missed; no file was written since.
    if ((await redacted.refresh()) !== version)
      throw new ArchiveError('interrupted', 'entries of the log were erased meanwhile: call it again');
  });
  const messages = await openConsumer(nats, begin);
  const stop = (): void => {
    void messages?.close();
  };
  signal.addEventListener('abort', stop);
  try {
    let rest = await rests.next();
    const addRestsBefore = async (sequence: number): Promise<void> => {
      for (; rest.done !== true && rest.value.sequence < sequence; rest = await rests.next())
        if (rest.value.data.length > 0) await pending.add(restOf(rest.value));
    };
    for await (const message of messages ?? []) {
      if (signal.aborted) break;
      if (message.seq > state.last_seq) break;
      await addRestsBefore(message.seq);
      // Not deleted yet, but it is to be.
      const isErased = rest.done !== true && rest.value.sequence === message.seq;
      if (!isErased) await pending.add(entryOf(message));
      progress(message.seq, state.last_seq);
      if (message.seq === state.last_seq || message.info.pending === 0) break;
    }
    if (!signal.aborted) await addRestsBefore(state.last_seq + 1);
  } finally {
    signal.removeEventListener('abort', stop);
    await messages?.close();
  }
  if (signal.aborted) throw new ArchiveError('interrupted', 'the export was interrupted: the same call goes on where it stopped');
  // Also what was erased at the end of the log is covered: nothing comes there any more.
  await pending.finish(state.last_seq);
  return archive.entries - before;
}

/** The log may have been restored, or be that of another installation. */
async function refuseOtherLog(nats: NatsConnection, archive: Archive, state: { first_seq: number; last_seq: number }): Promise<void> {
  if (state.last_seq < archive.last)
    throw new ArchiveError(
      'archive_of_another_log',
      `the log ends at ${state.last_seq}, before the archive, which ends at ${archive.last}`,
    );
  if (state.first_seq > archive.last + 1)
    throw new ArchiveError(
      'archive_gap',
      `the log begins at ${state.first_seq}, and the archive ends at ${archive.last}: entries between are lost`,
    );
  const [archived, stored] = [await archive.at(archive.last), await messageAt(nats, archive.last)];
  if (archived !== null && stored !== null && !archived.data.equals(stored))
    throw new ArchiveError('archive_of_another_log', `log and archive differ at ${archive.last}: take a place of its own for this log`);
}

async function messageAt(nats: NatsConnection, sequence: number): Promise<Uint8Array | null> {
  return (await (await jetstreamManager(nats)).streams.getMessage(LOG_STREAM, { seq: sequence }))?.data ?? null;
}

async function openConsumer(nats: NatsConnection, begin: number): Promise<ConsumerMessages | null> {
  const consumer = await jetstream(nats).consumers.get(LOG_STREAM, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: begin,
  });
  if ((await consumer.info()).num_pending === 0) return null;
  return consumer.consume({ max_messages: EXPORT_ENTRIES_AHEAD });
}

function entryOf(message: JsMsg): LogEntry {
  const headers: LogEntry['headers'] = [];
  for (const [name, values] of message.headers ?? []) for (const value of values) headers.push({ name, value });
  const { buffer, byteOffset, byteLength } = message.data;
  return {
    sequence: message.seq,
    subject: message.subject,
    storedAt: message.time.getTime(),
    headers,
    data: Buffer.from(buffer, byteOffset, byteLength),
  };
}

/** In the place of the entry, without the rest of what the stream had said of it. */
function restOf({ sequence, subject, storedAt, data }: RedactedEntry): LogEntry {
  return { sequence, subject, storedAt, headers: [], data: Buffer.from(data) };
}

/** Gathers entries, and writes them when there are enough for a file. */
class PendingSegment {
  readonly #archive: Archive;
  readonly #beforeWrite: () => Promise<void>;
  #first: number;
  #entries: LogEntry[] = [];
  #bytes = 0;

  /** @param beforeWrite refuses what must not be written */
  constructor(archive: Archive, first: number, beforeWrite: () => Promise<void>) {
    this.#archive = archive;
    this.#first = first;
    this.#beforeWrite = beforeWrite;
  }

  async add(entry: LogEntry): Promise<void> {
    this.#entries.push(entry);
    this.#bytes += entry.data.length;
    if (this.#entries.length >= SEGMENT_ENTRIES_MAX || this.#bytes >= SEGMENT_BYTES_MAX) await this.#write(entry.sequence);
  }

  async finish(last: number): Promise<void> {
    if (last >= this.#first) await this.#write(last);
  }

  async #write(last: number): Promise<void> {
    await this.#beforeWrite();
    await this.#archive.append(this.#entries, { first: this.#first, last });
    this.#first = last + 1;
    this.#entries = [];
    this.#bytes = 0;
  }
}
