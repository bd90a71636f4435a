import { isDeepStrictEqual } from 'node:util';
import { CairnError, partitionOf } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { type Database, findAuditEntry, insertAudit, type ListedUnlock, listUserUnlocks, readUserState } from '@cairn/store';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import { PAGE_ITEMS_MAX } from '../../limits.js';
import type { ControlLog } from '../../log/ControlLog.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { entryIdOf } from './entryIdOf.js';
import type { HandRequest } from './HandRequest.js';
import { type Resolution, type ResolveFrom, resolveGrant, resolveRevocation, type UnlockKey } from './resolveTarget.js';

export type HandAction = 'grant' | 'revoke';

export interface HandChange {
  /** Whether this request put something into the log, now or under the same idempotency key before. */
  isChanged: boolean;
  /** Where in the log; null where nothing was to be done. */
  sequence: number | null;
  isInEffect: boolean;
  /** As it is now; null where there is none. */
  unlock: ListedUnlock | null;
}

export interface HandChangesPorts {
  database: Database;
  catalogues: CatalogueCache;
  controlLog: ControlLog;
  positions: EvaluatedPositions;
  now: () => number;
  partitions: number;
  inEffectMsMax: number;
}

/** What the audit keeps of a change. */
interface AuditSubject extends UnlockKey {
  user_id: string;
  sequence: number;
  requested: RequestedTarget;
}

type RequestedTarget = Pick<HandRequest, 'slug' | 'level' | 'period' | 'reason'> & { user_id: string };

const KINDS = { grant: 'unlock_granted', revoke: 'unlock_revoked' } as const;
const RESOLVE: Record<HandAction, (request: HandRequest, from: ResolveFrom) => Resolution> = {
  grant: resolveGrant,
  revoke: resolveRevocation,
};

/** Grants and revocations by hand: each an entry of the log and of the audit. */
export class HandChanges {
  readonly #ports: HandChangesPorts;

  constructor(ports: HandChangesPorts) {
    this.#ports = ports;
  }

  /** @throws CairnError `invalid_request`, `idempotency_conflict` */
  async apply(action: HandAction, by: Principal, request: HandRequest): Promise<HandChange> {
    const entryId = entryIdOf({ tenantId: by.tenantId, action, idempotencyKey: request.idempotencyKey });
    const earlier = await this.#findEarlier(by, entryId, request);
    if (earlier !== null) return this.#answer(by, request.userId, earlier);
    const resolution = RESOLVE[action](request, await this.#gather(by, request));
    if ('asIs' in resolution) return { isChanged: false, sequence: null, isInEffect: true, unlock: resolution.asIs };
    const { change } = resolution;
    const sequence = await this.#ports.controlLog.append({
      entryId,
      tenantId: by.tenantId,
      at: this.#ports.now(),
      actor: by.name,
      body: { kind: KINDS[action], userId: request.userId, ...change, reason: request.reason },
    });
    const subject: AuditSubject = { user_id: request.userId, ...change, sequence, requested: requestedOf(request) };
    await insertAudit(this.#ports.database.pool, {
      tenantKey: by.tenantKey,
      auditId: entryId,
      actor: by.name,
      action: KINDS[action],
      subject,
      reason: request.reason,
    });
    // Another request under the same key may have come first, with another content.
    const audited = await this.#findEarlier(by, entryId, request);
    return this.#answer(by, request.userId, audited ?? subject);
  }

  async #findEarlier(by: Principal, entryId: string, request: HandRequest): Promise<AuditSubject | null> {
    if (request.idempotencyKey === null) return null;
    const entry = await findAuditEntry(this.#ports.database.pool, { tenantKey: by.tenantKey, auditId: entryId });
    if (entry === null) return null;
    const subject = entry.subject as AuditSubject;
    if (isDeepStrictEqual(subject.requested, requestedOf(request))) return subject;
    throw new CairnError('idempotency_conflict', 'this Idempotency-Key came before with another content: use another key');
  }

  async #gather(by: Principal, { userId, slug }: HandRequest): Promise<ResolveFrom> {
    const { database, catalogues, now } = this.#ports;
    const [catalogue, stored, unlocks] = await Promise.all([
      catalogues.get(by.tenantKey),
      readUserState(database.pool, { tenantKey: by.tenantKey, userId }),
      this.#unlocksOf(by, userId, slug),
    ]);
    return { catalogue, state: stored?.state ?? null, unlocks, now: now() };
  }

  async #answer(by: Principal, userId: string, subject: AuditSubject): Promise<HandChange> {
    const { positions, partitions, inEffectMsMax } = this.#ports;
    const { sequence, slug, level, period } = subject;
    const partition = partitionOf(by.tenantId, userId, partitions);
    const isInEffect = await positions.waitForOne({ partition, sequence }, inEffectMsMax);
    const unlocks = await this.#unlocksOf(by, userId, slug);
    const unlock = unlocks.find((row) => row.level === level && row.period === period) ?? null;
    return { isChanged: true, sequence, isInEffect, unlock };
  }

  #unlocksOf(by: Principal, userId: string, slug: string): Promise<ListedUnlock[]> {
    const { tenantKey } = by;
    return listUserUnlocks(this.#ports.database.pool, { tenantKey, userId, slug, limit: PAGE_ITEMS_MAX, revoked: 'include' });
  }
}

function requestedOf({ userId, slug, level, period, reason }: HandRequest): RequestedTarget {
  return { user_id: userId, slug, level, period, reason };
}
