import { isDeepStrictEqual } from 'node:util';
import { CairnError, type ControlBody, partitionOf } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import {
  type Database,
  findAuditEntry,
  insertAudit,
  type ListedUnlock,
  listUserUnlocks,
  readUserState,
  resolveUser,
  TEAMS_PARTITION,
} from '@cairn/store';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import { PAGE_ITEMS_MAX } from '../../limits.js';
import type { ControlLog } from '../../log/ControlLog.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { entryIdOf } from './entryIdOf.js';
import type { HandRequest, Holder } from './HandRequest.js';
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
type AuditSubject = UnlockKey &
  NamedHolder & {
    sequence: number;
    requested: RequestedTarget;
  };

type NamedHolder = { user_id: string } | { team_id: string };
type RequestedTarget = Pick<HandRequest, 'slug' | 'level' | 'period' | 'reason'> & NamedHolder;
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
  async apply(action: HandAction, by: Principal, asked: HandRequest): Promise<HandChange> {
    const request = { ...asked, holder: await this.#resolve(by, asked.holder) };
    const entryId = entryIdOf({ tenantId: by.tenantId, action, idempotencyKey: request.idempotencyKey });
    const earlier = await this.#findEarlier(by, entryId, request);
    if (earlier !== null) return this.#answer(by, request.holder, earlier);
    const resolution = RESOLVE[action](request, await this.#gather(by, request));
    if ('asIs' in resolution) return { isChanged: false, sequence: null, isInEffect: true, unlock: resolution.asIs };
    const { change } = resolution;
    const body = bodyOf(action, request.holder, { ...change, reason: request.reason });
    const sequence = await this.#ports.controlLog.append({
      entryId,
      tenantId: by.tenantId,
      at: this.#ports.now(),
      actor: by.name,
      body,
    });
    const subject: AuditSubject = { ...named(request.holder), ...change, sequence, requested: requestedOf(request) };
    await insertAudit(this.#ports.database.pool, {
      tenantKey: by.tenantKey,
      auditId: entryId,
      actor: by.name,
      action: body.kind,
      subject,
      reason: request.reason,
    });
    // Another request under the same key may have come first, with another content.
    const audited = await this.#findEarlier(by, entryId, request);
    return this.#answer(by, request.holder, audited ?? subject);
  }

  /** Who a user is known as by now. */
  async #resolve({ tenantKey }: Principal, holder: Holder): Promise<Holder> {
    if (holder.kind === 'team') return holder;
    return { ...holder, id: await resolveUser(this.#ports.database.pool, { tenantKey, userId: holder.id }) };
  }

  async #findEarlier(by: Principal, entryId: string, request: HandRequest): Promise<AuditSubject | null> {
    if (request.idempotencyKey === null) return null;
    const entry = await findAuditEntry(this.#ports.database.pool, { tenantKey: by.tenantKey, auditId: entryId });
    if (entry === null) return null;
    const subject = entry.subject as AuditSubject;
    if (isDeepStrictEqual(subject.requested, requestedOf(request))) return subject;
    throw new CairnError('idempotency_conflict', 'this Idempotency-Key came before with another content: use another key');
  }

  async #gather(by: Principal, { holder, slug }: HandRequest): Promise<ResolveFrom> {
    const { database, catalogues, now } = this.#ports;
    const [catalogue, stored, unlocks] = await Promise.all([
      catalogues.get(by.tenantKey),
      readUserState(database.pool, { tenantKey: by.tenantKey, userId: holder.id, kind: holder.kind }),
      this.#unlocksOf(by, holder, slug),
    ]);
    return { catalogue, state: stored?.state ?? null, unlocks, now: now() };
  }

  async #answer(by: Principal, holder: Holder, subject: AuditSubject): Promise<HandChange> {
    const { positions, partitions, inEffectMsMax } = this.#ports;
    const { sequence, slug, level, period } = subject;
    const partition = holder.kind === 'team' ? TEAMS_PARTITION : partitionOf(by.tenantId, holder.id, partitions);
    const isInEffect = await positions.waitForOne({ partition, sequence }, inEffectMsMax);
    const unlocks = await this.#unlocksOf(by, holder, slug);
    const unlock = unlocks.find((row) => row.level === level && row.period === period) ?? null;
    return { isChanged: true, sequence, isInEffect, unlock };
  }

  #unlocksOf(by: Principal, { kind, id }: Holder, slug: string): Promise<ListedUnlock[]> {
    const { tenantKey } = by;
    return listUserUnlocks(this.#ports.database.pool, { tenantKey, kind, userId: id, slug, limit: PAGE_ITEMS_MAX, revoked: 'include' });
  }
}

function requestedOf({ holder, slug, level, period, reason }: HandRequest): RequestedTarget {
  return { ...named(holder), slug, level, period, reason };
}

function named({ kind, id }: Holder): NamedHolder {
  return kind === 'team' ? { team_id: id } : { user_id: id };
}

function bodyOf(action: HandAction, { kind, id }: Holder, target: UnlockKey & { reason: string }): ControlBody {
  if (kind === 'team') return { kind: action === 'grant' ? 'team_unlock_granted' : 'team_unlock_revoked', teamId: id, ...target };
  return { kind: action === 'grant' ? 'unlock_granted' : 'unlock_revoked', userId: id, ...target };
}
