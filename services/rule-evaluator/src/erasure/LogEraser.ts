import {
  entryOfRedacted,
  LOG_STREAM,
  logControlSubject,
  logSubject,
  partitionOf,
  REDACTED_STREAM,
  redactedSubject,
  redactedSubjects,
} from '@cairn/contracts';
import type { Database, Erasure } from '@cairn/store';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { eraseMessage } from './eraseMessage.js';
import type { Redacted } from './redactEntry.js';
import { redactorOf } from './redactorOf.js';
import { scanStream } from './scanStream.js';

export interface LogEraserPorts {
  database: Database;
  js: JetStreamClient;
  manager: JetStreamManager;
  partitions: number;
}

/** A message as it lies in one of the two streams, and the entry of the log that it is, or is the rest of. */
interface Stored {
  stream: string;
  sequence: number;
  place: { subject: string; sequence: number };
  data: Uint8Array;
}

/**
 * Takes somebody out of the log: of each entry that names them, the rest is written, and then the entry is deleted and its place on the
 * disk overwritten. Where that was interrupted, doing it again does what is left.
 */
export class LogEraser {
  readonly #ports: LogEraserPorts;

  constructor(ports: LogEraserPorts) {
    this.#ports = ports;
  }

  /** The entries of the log itself. */
  async eraseEntries(erasure: Erasure, of: { note(erasure: Erasure): Promise<void>; signal: AbortSignal }): Promise<Erasure> {
    return this.#erase(erasure, { ...of, stream: LOG_STREAM, subjects: this.#subjectsOf(erasure), placeOf: (message) => message });
  }

  /** Rests that were left when somebody else was erased. */
  async eraseRests(erasure: Erasure, of: { note(erasure: Erasure): Promise<void>; signal: AbortSignal }): Promise<Erasure> {
    const subjects = this.#subjectsOf(erasure).map(redactedSubjects);
    return this.#erase(erasure, { ...of, stream: REDACTED_STREAM, subjects, placeOf: ({ subject }) => entryOfRedacted(subject) });
  }

  #subjectsOf({ tenantId, userIds }: Erasure): string[] {
    const partitions = new Set(userIds.map((userId) => partitionOf(tenantId, userId, this.#ports.partitions)));
    return [...[...partitions].map((partition) => logSubject(partition, tenantId)), logControlSubject(tenantId, '*')];
  }

  async #erase(
    begun: Erasure,
    of: {
      stream: string;
      subjects: string[];
      placeOf(message: { subject: string; sequence: number }): { subject: string; sequence: number };
      note(erasure: Erasure): Promise<void>;
      signal: AbortSignal;
    },
  ): Promise<Erasure> {
    const { stream, subjects, signal } = of;
    const redact = redactorOf(this.#ports.database.pool, begun);
    let erasure = begun;
    await scanStream(
      this.#ports.js,
      { stream, subjects, after: begun.scannedSeq, until: begun.untilSeq, signal },
      {
        take: async ({ seq: sequence, subject, data }) => {
          const place = of.placeOf({ subject, sequence });
          const erased = await this.#eraseOne({ stream, sequence, place, data }, redact);
          if (erased === null) return;
          erasure = { ...erasure, entries: erasure.entries + 1, teams: erased.isOfTeam ? 1 : erasure.teams };
        },
        reached: async (scannedSeq) => {
          erasure = { ...erasure, scannedSeq };
          await of.note(erasure);
        },
      },
    );
    return erasure;
  }

  /** Null where it does not name them. */
  async #eraseOne(stored: Stored, redact: ReturnType<typeof redactorOf>): Promise<Redacted | null> {
    const { place, data } = stored;
    const redacted = await redact({ ...place, data });
    if (redacted === null) return null;
    const { js, manager } = this.#ports;
    const subject = redactedSubject(place.subject, place.sequence);
    const newest = await manager.streams.getMessage(REDACTED_STREAM, { last_by_subj: subject });
    // Somebody else may have been taken out of the same entry before: what is left of that is what is gone on with.
    const isNewest = newest === null || Buffer.from(newest.data).equals(data);
    const written = isNewest ? redacted : await redact({ ...place, data: newest.data });
    if (written !== null) await js.publish(subject, written.rest, { expect: { lastSubjectSequence: newest?.seq ?? 0 } });
    await eraseMessage(manager, stored);
    return redacted;
  }
}
