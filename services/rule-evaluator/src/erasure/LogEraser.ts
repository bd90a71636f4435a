import {
  type CairnEvent,
  entryOfRedacted,
  LOG_STREAM,
  logControlSubject,
  logSubject,
  partitionOf,
  REDACTED_STREAM,
  redactedSubject,
  redactedSubjects,
} from '@cairn/contracts';
import { type Database, type Erasure, findIdentities, uuidText } from '@cairn/store';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { eraseMessage } from './eraseMessage.js';
import { type Redacted, redactEntry } from './redactEntry.js';
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
    const needles = begun.userIds.map((userId) => Buffer.from(userId));
    let erasure = begun;
    await scanStream(
      this.#ports.js,
      { stream, subjects, after: begun.scannedSeq, until: begun.untilSeq, signal },
      {
        take: async ({ seq: sequence, subject, data }) => {
          const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
          // An id stands in an entry as it is: most need not be decoded.
          if (!needles.some((needle) => bytes.includes(needle))) return;
          const place = of.placeOf({ subject, sequence });
          const erased = await this.#eraseOne(begun, { stream, sequence, place, data });
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

  /** Null where it does not name them after all. */
  async #eraseOne(erasure: Erasure, stored: Stored): Promise<Redacted | null> {
    const redacted = await this.#redact(erasure, stored.place, stored.data);
    if (redacted === null) return null;
    await this.#writeRest(erasure, stored, redacted);
    await eraseMessage(this.#ports.manager, stored);
    return redacted;
  }

  /** Somebody else may have been taken out of the same entry before: what is left of that is what is gone on with. */
  async #writeRest(erasure: Erasure, { place, data }: Stored, redacted: Redacted): Promise<void> {
    const { js, manager } = this.#ports;
    const subject = redactedSubject(place.subject, place.sequence);
    const newest = await manager.streams.getMessage(REDACTED_STREAM, { last_by_subj: subject });
    const isNewest = newest === null || Buffer.from(newest.data).equals(data);
    const rest = isNewest ? redacted : await this.#redact(erasure, place, newest.data);
    if (rest !== null) await js.publish(subject, rest.rest, { expect: { lastSubjectSequence: newest?.seq ?? 0 } });
  }

  async #redact({ tenantKey, userIds }: Erasure, place: { subject: string; sequence: number }, data: Uint8Array): Promise<Redacted | null> {
    const findTaken = (events: ReadonlyMap<number, CairnEvent>) => this.#findTaken(tenantKey, place.sequence, events);
    return redactEntry({ subject: place.subject, data }, { userIds: new Set(userIds), findTaken });
  }

  /** The database knows of each identity the place that was taken, though no longer by whom. */
  async #findTaken(tenantKey: number, sequence: number, events: ReadonlyMap<number, CairnEvent>): Promise<Set<number>> {
    const rows = await findIdentities(this.#ports.database.pool, {
      tenantKey,
      eventIdHashes: [...events.values()].map(({ identity }) => identity.eventIdHash),
      keyHashes: [],
      fingerprints: [],
    });
    const taken = new Map(rows.filter(({ logSeq }) => logSeq === sequence).map((row) => [row.logIndex, row.eventIdHash]));
    return new Set(
      [...events].filter(([index, { identity }]) => taken.get(index) === uuidText(identity.eventIdHash)).map(([index]) => index),
    );
  }
}
