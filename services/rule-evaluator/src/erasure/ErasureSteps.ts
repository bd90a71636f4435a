import { DEAD_LETTER_STREAM, EVENTS_STREAM, encodeControlEntry, LOG_STREAM, logControlSubject, REDACTED_STREAM } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import {
  type Database,
  dropGeneration,
  type Erasure,
  eraseTraces,
  generationNames,
  isPastEverywhere,
  namesOfUser,
  noteErasure,
  tenantsWithTeams,
  vacuumErased,
} from '@cairn/store';
import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { RedactedLog } from '../log/RedactedLog.js';
import { ReplayError } from '../replay/ReplayError.js';
import { replay } from '../replay/replay.js';
import { LogEraser } from './LogEraser.js';
import { MessageEraser } from './MessageEraser.js';

const WRONG_LAST_SEQUENCE: readonly number[] = [
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
];

export interface ErasureStepsPorts {
  nats: NatsConnection;
  js: JetStreamClient;
  manager: JetStreamManager;
  database: Database;
  databaseUrl: string;
  /** Of the install. */
  partitions: number;
  /** Of the program. */
  version: string;
  /** The name that the projection of progress goes by. */
  progressProjection: string;
  logger: Logger;
}

export interface Outcome {
  /** At the next step; at the same one where it waits. */
  erasure: Erasure;
  /** What it waits for; null where it need not. */
  waitsFor: string | null;
}

/** What is done to erase a user, step by step. */
export class ErasureSteps {
  readonly #ports: ErasureStepsPorts;
  readonly #log: LogEraser;
  readonly #messages: MessageEraser;

  constructor(ports: ErasureStepsPorts) {
    this.#ports = ports;
    this.#log = new LogEraser(ports);
    this.#messages = new MessageEraser(ports);
  }

  async advance(erasure: Erasure, signal: AbortSignal): Promise<Outcome> {
    const of = { note: (reached: Erasure) => noteErasure(this.#ports.database.pool, reached), signal };
    switch (erasure.step) {
      case 'requested':
        return this.#order(erasure);
      case 'ordered':
        return this.#afterOrder(erasure);
      case 'log':
        return this.#scanNext(await this.#log.eraseEntries(erasure, of), 'rests', REDACTED_STREAM);
      case 'rests':
        return this.#scanNext(await this.#log.eraseRests(erasure, of), 'events', EVENTS_STREAM);
      case 'events':
        if (!(await this.#messages.isPassed(erasure.untilSeq)))
          return { erasure, waitsFor: 'the NATS door, which has not read all of EVENTS' };
        return this.#scanNext(await this.#messages.eraseEvents(erasure, of), 'letters', DEAD_LETTER_STREAM);
      case 'letters':
        return next(await this.#messages.eraseLetters(erasure, of), 'teams');
      case 'tables':
        return this.#eraseTables(erasure);
      case 'teams':
      case 'done':
        return { erasure, waitsFor: null };
    }
  }

  /** What teams reached with somebody is computed anew from the log without them, and put in place of what there is. */
  async rebuildTeams(erasure: Erasure, signal: AbortSignal): Promise<Outcome> {
    const { tenantId } = erasure;
    const { database, databaseUrl, logger, nats, version, progressProjection } = this.#ports;
    const followed = await tenantsWithTeams(database.pool, { atSequence: Number.MAX_SAFE_INTEGER });
    if (erasure.teams === 0 || !followed.includes(tenantId)) return next(erasure, 'tables');
    const source = await RedactedLog.connect(nats, { consumers: 'erasure' });
    const about = { tenant_id: tenantId, erasure_id: erasure.erasureId };
    try {
      const ways = { database, databaseUrl, logger, version, swap: true, tenantId, restart: true, partial: false };
      const told = { progressProjection, progress: () => undefined, note: (text: string) => logger.info(about, text) };
      await replay({ source, ...ways, ...told, signal });
      return next(erasure, 'tables');
    } catch (error) {
      if (!(error instanceof ReplayError) || signal.aborted) throw error;
      if (error.code === 'log_trimmed') {
        // Of its beginning only archives know, and they are the operator's.
        logger.warn(
          { err: error, ...about },
          'teams keep the numbers of a user who was erased, until the tenant is replayed from an archive',
        );
        return next(erasure, 'tables');
      }
      return { erasure, waitsFor: `the teams of the tenant to be rebuilt: ${error.message}` };
    } finally {
      await source.close();
    }
  }

  /** Of what was said of them in the row of the erasure itself. */
  async tidy(): Promise<void> {
    await vacuumErased(this.#ports.database.pool);
  }

  /**
   * Under all names that the user goes by at that place of the log: merges before it are waited for, and none may come in between.
   * Said again after a crash, it is the same entry, or one more that finds nobody.
   */
  async #order(erasure: Erasure): Promise<Outcome> {
    const { js, manager, database } = this.#ports;
    const { erasureId: entryId, tenantId, requestedAt: at, actor } = erasure;
    const merges = logControlSubject(tenantId, 'users_merged');
    const lastMerge = (await manager.streams.getMessage(LOG_STREAM, { last_by_subj: merges }))?.seq ?? 0;
    const behind = await isPastEverywhere(database.pool, { sequence: lastMerge, userIds: [] });
    if (behind !== null) return { erasure, waitsFor: `a merge of users: ${behind}` };
    const userIds = await this.#namesOf(erasure);
    const body = { kind: 'user_erased', userIds } as const;
    const entry = encodeControlEntry({ entryId, tenantId, at, actor, body });
    try {
      const { seq } = await js.publish(logControlSubject(tenantId, body.kind), entry, {
        msgID: `${entryId}:${userIds.length}`,
        expect: { lastSubjectSequence: lastMerge, lastSubjectSequenceSubject: merges },
      });
      return next({ ...erasure, userIds, logSeq: seq }, 'ordered');
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || !WRONG_LAST_SEQUENCE.includes(error.code)) throw error;
      return { erasure, waitsFor: 'a merge of users that came in at the same time' };
    }
  }

  /** Those that were known when it was asked for, and those that came with merges since. */
  async #namesOf({ tenantKey, userIds }: Erasure): Promise<string[]> {
    const names = await Promise.all(userIds.map((userId) => namesOfUser(this.#ports.database.pool, { tenantKey, userId })));
    return [...new Set([...userIds, ...names.flat()])];
  }

  /** The log is changed only behind all who read it; a replay that was interrupted would go on with what it has read. */
  async #afterOrder(erasure: Erasure): Promise<Outcome> {
    const { pool } = this.#ports.database;
    const { logSeq, userIds } = erasure;
    if (logSeq === null) return next(erasure, 'requested');
    const behind = await isPastEverywhere(pool, { sequence: logSeq, userIds });
    if (behind !== null) return { erasure, waitsFor: behind };
    const names = await generationNames(pool);
    for (const which of ['generation', 'retired'] as const) await dropGeneration(pool, names, which);
    return next({ ...erasure, scannedSeq: 0, untilSeq: logSeq }, 'log');
  }

  async #scanNext(erasure: Erasure, step: Erasure['step'], stream: string): Promise<Outcome> {
    const { state } = await this.#ports.manager.streams.info(stream);
    return next({ ...erasure, scannedSeq: 0, untilSeq: state.last_seq }, step);
  }

  async #eraseTables(erasure: Erasure): Promise<Outcome> {
    await eraseTraces(this.#ports.database.pool, erasure);
    return next(erasure, 'done');
  }
}

function next(erasure: Erasure, step: Erasure['step']): Outcome {
  return { erasure: { ...erasure, step }, waitsFor: null };
}
