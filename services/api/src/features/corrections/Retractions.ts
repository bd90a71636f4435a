import { CairnError, hashEventId, partitionOf } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { type Database, type FoundEvent, findEvent, insertAudit } from '@cairn/store';
import type { ControlLog } from '../../log/ControlLog.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { retractionIdOf } from './retractionIdOf.js';

export interface Retraction {
  /** Whether this request put it into the log; it may have been retracted before. */
  isChanged: boolean;
  eventId: string;
  userId: string;
  /** The place of the retraction in the log. */
  sequence: number;
  isInEffect: boolean;
}

export interface RetractionsPorts {
  database: Database;
  controlLog: ControlLog;
  positions: EvaluatedPositions;
  now: () => number;
  partitions: number;
  inEffectMsMax: number;
}

/** Takes events out of what was counted: each retraction is an entry of the log and of the audit. */
export class Retractions {
  readonly #ports: RetractionsPorts;

  constructor(ports: RetractionsPorts) {
    this.#ports = ports;
  }

  /** @throws CairnError `not_found` */
  async apply(by: Principal, asked: { eventId: string; reason: string }): Promise<Retraction> {
    const { database, controlLog, now } = this.#ports;
    const { eventId, reason } = asked;
    const found = await this.#find(by, eventId);
    if (found.retractedSeq !== null) return this.#answer(by, found, { sequence: found.retractedSeq, isChanged: false });
    const entryId = retractionIdOf(by.tenantId, eventId);
    const body = { kind: 'event_retracted', eventId, userId: found.userId, reason } as const;
    const sequence = await controlLog.append({ entryId, tenantId: by.tenantId, at: now(), actor: by.name, body });
    await insertAudit(database.pool, {
      tenantKey: by.tenantKey,
      auditId: entryId,
      actor: by.name,
      action: body.kind,
      subject: { event_id: eventId, user_id: found.userId, sequence },
      reason,
    });
    return this.#answer(by, found, { sequence, isChanged: true });
  }

  async #find({ tenantKey }: Principal, eventId: string): Promise<FoundEvent> {
    const eventIdHash = hashEventId(eventId);
    const found = await findEvent(this.#ports.database.pool, { tenantKey, eventIdHash, keyHash: eventIdHash });
    if (found === null || found.by !== 'event_id')
      throw new CairnError('not_found', `no event "${eventId}" was evaluated: see how its id is written, or wait until it is`);
    return found;
  }

  async #answer(by: Principal, found: FoundEvent, done: { sequence: number; isChanged: boolean }): Promise<Retraction> {
    const { positions, partitions, inEffectMsMax } = this.#ports;
    const { eventId, userId } = found;
    const partition = partitionOf(by.tenantId, userId, partitions);
    const isInEffect = await positions.waitForOne({ partition, sequence: done.sequence }, inEffectMsMax);
    return { ...done, eventId, userId, isInEffect };
  }
}
