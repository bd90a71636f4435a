import { CairnError, type ControlEntry, LOG_STREAM } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import {
  type Database,
  findTenant,
  findTenantMerge,
  insertAudit,
  isErasureUnderWay,
  isHistoryTrimmed,
  type TenantMerge,
  tenantsMergedInto,
} from '@cairn/store';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { TENANTS_MERGED_MAX } from '../../limits.js';
import type { ControlLog } from '../../log/ControlLog.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { entryIdOf } from '../grants/entryIdOf.js';

export interface TenantMergeRequest {
  /** The tenant that ends. */
  from: string;
  into: string;
  reason: string;
}

export interface TenantMergeAnswer {
  /** Whether this request put it into the log; it may have been so before. */
  isChanged: boolean;
  sequence: number;
  isInEffect: boolean;
  /** How far the history has come along; null where the merge is not in effect yet. */
  merge: TenantMerge | null;
}

export interface TenantMergesPorts {
  nats: NatsConnection;
  database: Database;
  controlLog: ControlLog;
  positions: EvaluatedPositions;
  now: () => number;
  inEffectMsMax: number;
}

/** Merges one tenant into another: an entry of the log, and of the audit of the one that goes on. */
export class TenantMerges {
  readonly #ports: TenantMergesPorts;

  constructor(ports: TenantMergesPorts) {
    this.#ports = ports;
  }

  /** @throws CairnError `not_found`, `conflict` */
  async apply(by: Principal, { from, into, reason }: TenantMergeRequest): Promise<TenantMergeAnswer> {
    const { controlLog, database, now } = this.#ports;
    // What is found out from here on holds for as long as this is the last.
    const last = await this.#lastMerge(from);
    const merge = await findTenantMerge(database.pool, from);
    if (merge?.intoTenant === into) {
      await this.#auditAgain(merge);
      return { isChanged: false, sequence: merge.logSeq, isInEffect: true, merge };
    }
    if (merge !== null) throw new CairnError('conflict', `"${from}" was merged into "${merge.intoTenant}" before`);
    const intoKey = await this.#refuseWhatCannotBe(by, { from, into });
    const entryId = entryIdOf({ tenantId: from, action: 'merge_tenant', idempotencyKey: into });
    const entry = { entryId, tenantId: from, at: now(), actor: by.name, body: { kind: 'tenant_merged', into, reason } as const };
    const sequence = await controlLog.append(entry, { last });
    await this.#audit(entry, { tenantKey: intoKey, sequence });
    const isInEffect = await this.#isEvaluated(sequence);
    const done = await findTenantMerge(database.pool, from);
    if (isInEffect && done?.intoTenant !== into)
      throw new CairnError(
        'conflict',
        `"${into}" was merged into "${done?.intoTenant ?? from}" at the same time, and both are one that way`,
      );
    return { isChanged: true, sequence, isInEffect, merge: done };
  }

  /** @throws CairnError `not_found` */
  async find(tenantId: string): Promise<TenantMerge> {
    const merge = await findTenantMerge(this.#ports.database.pool, tenantId);
    if (merge === null) throw new CairnError('not_found', `"${tenantId}" was not merged into another tenant`);
    return merge;
  }

  async #audit({ entryId, tenantId: from, actor, body }: ControlEntry, of: { tenantKey: number; sequence: number }): Promise<void> {
    if (body.kind !== 'tenant_merged') return;
    const { kind: action, into, reason } = body;
    const subject = { from, into, sequence: of.sequence };
    await insertAudit(this.#ports.database.pool, { tenantKey: of.tenantKey, auditId: entryId, actor, action, subject, reason });
  }

  /** Whoever put it into the log may have come no further than that. */
  async #auditAgain({ intoTenant, logSeq: sequence }: TenantMerge): Promise<void> {
    const { controlLog, database } = this.#ports;
    const [entry, goingOn] = await Promise.all([controlLog.entryAt(sequence), findTenant(database.pool, intoTenant)]);
    if (entry !== null && goingOn !== null) await this.#audit(entry, { tenantKey: goingOn.tenantKey, sequence });
  }

  /** The place of the newest merge of the tenant, once what it means is known. @throws CairnError `unavailable` */
  async #lastMerge(tenantId: string): Promise<number> {
    const last = await this.#ports.controlLog.lastOf(tenantId, 'tenant_merged');
    if (last > 0 && !(await this.#isEvaluated(last)))
      throw new CairnError('unavailable', 'an earlier merge is not evaluated yet: try again', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    return last;
  }

  /** Answers the key of the tenant that goes on. */
  async #refuseWhatCannotBe({ tenantId: own }: Principal, { from, into }: Omit<TenantMergeRequest, 'reason'>): Promise<number> {
    const { pool } = this.#ports.database;
    if (from === into) throw new CairnError('conflict', `"${from}" is one tenant already`);
    if (from === own)
      throw new CairnError('conflict', `your own token is of "${from}", and would be good for events alone: use that of another tenant`);
    const [ending, goingOn, merged] = await Promise.all([findTenant(pool, from), findTenant(pool, into), tenantsMergedInto(pool, into)]);
    if (ending === null) throw unknown(from);
    if (goingOn === null) throw unknown(into);
    const before = await findTenantMerge(pool, into);
    if (before !== null) throw new CairnError('conflict', `"${into}" was merged into "${before.intoTenant}": merge into that one`);
    if (merged.length >= TENANTS_MERGED_MAX)
      throw new CairnError('conflict', `${TENANTS_MERGED_MAX} tenants were merged into "${into}", which is as many as there can be`);
    const coming = (await tenantsMergedInto(pool, from)).find(({ finishedAt }) => finishedAt === null);
    if (coming !== undefined)
      throw new CairnError(
        'conflict',
        `the history of "${coming.tenantId}" is still coming along to "${from}": try again when it is through`,
      );
    // What of theirs is not evaluated yet would go on to the other, where nobody erases it.
    if (await isErasureUnderWay(pool, ending))
      throw new CairnError('conflict', `somebody of "${from}" is being erased: try again when that is done`);
    const manager = await jetstreamManager(this.#ports.nats);
    const { state } = await manager.streams.info(LOG_STREAM);
    if (await isHistoryTrimmed(pool, { tenantKey: ending.tenantKey, firstSequence: state.first_seq }))
      throw new CairnError('conflict', `the log no longer holds all that was done in "${from}": restore it from the archive first`);
    return goingOn.tenantKey;
  }

  #isEvaluated(sequence: number): Promise<boolean> {
    return this.#ports.positions.waitForAll(sequence, this.#ports.inEffectMsMax);
  }
}

const RETRY_AFTER_SECONDS = 1;

function unknown(tenantId: string): CairnError {
  return new CairnError('not_found', `nothing is known of a tenant "${tenantId}": see how its id is written`);
}
