import { CairnError, type ControlEntry, partitionOf } from '@cairn/contracts';
import type { Principal } from '@cairn/runtime';
import { countUserAliases, countUserUnlocks, type Database, findUserAlias, insertAudit, readUserState, resolveUser } from '@cairn/store';
import { USER_ALIASES_MAX } from '../../limits.js';
import type { ControlLog } from '../../log/ControlLog.js';
import type { EvaluatedPositions } from '../../log/EvaluatedPositions.js';
import { entryIdOf } from '../grants/entryIdOf.js';

/** Two ids of one person. */
export interface MergeRequest {
  /** Who ends: an alias from then on. */
  from: string;
  into: string;
  reason: string;
  /** Whether `into` has to be somebody who is known, or has to be a name that nobody has. */
  asks: 'merge' | 'rename';
}

export interface UserMerge {
  /** Whether this request put it into the log; it may have been so before. */
  isChanged: boolean;
  /** Who both ids lead to now. */
  userId: string;
  /** The place in the log; null where nothing was to be done. */
  sequence: number | null;
  isInEffect: boolean;
}

export interface UserMergesPorts {
  database: Database;
  controlLog: ControlLog;
  positions: EvaluatedPositions;
  now: () => number;
  partitions: number;
  /** Of a user who ends. */
  unlocksMax: number;
  inEffectMsMax: number;
}

/** Merges users and renames them: each an entry of the log and of the audit, one after the other in a tenant. */
export class UserMerges {
  readonly #ports: UserMergesPorts;

  constructor(ports: UserMergesPorts) {
    this.#ports = ports;
  }

  /** @throws CairnError `not_found`, `conflict` */
  async apply(by: Principal, request: MergeRequest): Promise<UserMerge> {
    const { controlLog, now } = this.#ports;
    const { from, into, reason } = request;
    const last = await this.#lastMerge(by, from);
    const [fromUser, user] = await Promise.all([this.#resolve(by, from), this.#resolve(by, into)]);
    if (fromUser === user && from !== user) {
      await this.#auditAgain(by, request);
      return { isChanged: false, userId: user, sequence: null, isInEffect: true };
    }
    await this.#refuseWhatCannotBe(by, request, { fromUser, user });
    const entryId = entryIdOf({ tenantId: by.tenantId, action: 'merge', idempotencyKey: `${from}\u0000${user}` });
    const body = { kind: 'users_merged', from, into: user, reason } as const;
    const entry = { entryId, tenantId: by.tenantId, at: now(), actor: by.name, body };
    const sequence = await controlLog.append(entry, { last });
    await this.#audit(entry, { tenantKey: by.tenantKey, sequence, asks: request.asks });
    return { isChanged: true, userId: user, sequence, isInEffect: await this.#isEvaluated(by, user, sequence) };
  }

  async #audit(
    { entryId, actor, body }: ControlEntry,
    { tenantKey, sequence, asks }: { tenantKey: number; sequence: number; asks: MergeRequest['asks'] },
  ): Promise<void> {
    if (body.kind !== 'users_merged') return;
    const { from, into, reason } = body;
    const action = asks === 'rename' ? 'user_renamed' : body.kind;
    await insertAudit(this.#ports.database.pool, { tenantKey, auditId: entryId, actor, action, subject: { from, into, sequence }, reason });
  }

  /** Whoever put it into the log may have come no further than that. */
  async #auditAgain({ tenantKey }: Principal, { from, asks }: MergeRequest): Promise<void> {
    const { controlLog, database } = this.#ports;
    const alias = await findUserAlias(database.pool, { tenantKey, alias: from });
    if (alias === null) return;
    const entry = await controlLog.entryAt(alias.logSeq);
    if (entry !== null) await this.#audit(entry, { tenantKey, sequence: alias.logSeq, asks });
  }

  /** The place of the newest merge of the tenant, once what it means is known. @throws CairnError `unavailable` */
  async #lastMerge(by: Principal, userId: string): Promise<number> {
    const last = await this.#ports.controlLog.lastOf(by.tenantId, 'users_merged');
    if (last > 0 && !(await this.#isEvaluated(by, userId, last)))
      throw new CairnError('unavailable', 'an earlier merge is not evaluated yet: try again', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    return last;
  }

  async #refuseWhatCannotBe(by: Principal, request: MergeRequest, { fromUser, user }: { fromUser: string; user: string }): Promise<void> {
    const { from, into, asks } = request;
    const pool = this.#ports.database.pool;
    const { tenantKey } = by;
    if (from === into) throw new CairnError('conflict', `"${from}" is one user already`);
    if (from === user) throw new CairnError('conflict', `"${into}" is an alias of "${from}": merge it the other way round, which it is`);
    if (from !== fromUser) throw new CairnError('conflict', `"${from}" is an alias of "${fromUser}": merge that one`);
    if ((await readUserState(pool, { tenantKey, userId: from })) === null) throw unknown(from);
    const isKnown = user !== into || (await readUserState(pool, { tenantKey, userId: into })) !== null;
    if (asks === 'merge' && !isKnown) throw unknown(into);
    if (asks === 'rename' && isKnown) throw new CairnError('conflict', `"${into}" is somebody already: to make one of both, merge them`);
    if ((await countUserAliases(pool, { tenantKey })) >= USER_ALIASES_MAX)
      throw new CairnError('conflict', `the tenant has ${USER_ALIASES_MAX} aliases, which is as many as there can be`);
    await this.#refuseTooMany(tenantKey, from, asks);
  }

  async #refuseTooMany(tenantKey: number, userId: string, asks: MergeRequest['asks']): Promise<void> {
    const { database, unlocksMax } = this.#ports;
    if ((await countUserUnlocks(database.pool, { tenantKey, userId, atMost: unlocksMax + 1 })) <= unlocksMax) return;
    const remedy = asks === 'merge' ? ': merge the other one into this one' : '';
    throw new CairnError('conflict', `"${userId}" has more than ${unlocksMax} unlocks, which is as many as can be moved at once${remedy}`);
  }

  #resolve({ tenantKey }: Principal, userId: string): Promise<string> {
    return resolveUser(this.#ports.database.pool, { tenantKey, userId });
  }

  #isEvaluated({ tenantId }: Principal, userId: string, sequence: number): Promise<boolean> {
    const { positions, partitions, inEffectMsMax } = this.#ports;
    return positions.waitForOne({ partition: partitionOf(tenantId, userId, partitions), sequence }, inEffectMsMax);
  }
}

const RETRY_AFTER_SECONDS = 1;

function unknown(userId: string): CairnError {
  return new CairnError(
    'not_found',
    `nothing is known of "${userId}": see how the id is written, or wait until an event of theirs is evaluated`,
  );
}
