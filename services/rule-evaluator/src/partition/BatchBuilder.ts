import {
  type CairnEvent,
  deriveXpEntryId,
  encodeEventBatch,
  hashEventId,
  logSubject,
  PackedIdentity,
  REVOKED_SUBJECT,
  type Revocation,
  UNLOCKED_SUBJECT,
  type Unlock,
} from '@cairn/contracts';
import { type Effects, encodeState, encodeTeamState, type UnlockEffect } from '@cairn/engine';
import {
  type ErasureRow,
  type EvaluationBatch,
  type EventMoveRow,
  emptyEventColumns,
  nobodyOf,
  ORDINALS_PER_EVENT,
  type OutboxRow,
  type RecountChange,
  type RetractionRow,
  type RevocationRow,
  type StoredUnlock,
  type UnlockRewriteRow,
  type UnlockRow,
  type XpRow,
  type XpTotalRow,
} from '@cairn/store';
import type { ProgressChange } from '../progress/ProgressPublisher.js';
import { deadLetterRow, type Letter } from './deadLetterRow.js';
import type { MatchMemory } from './MatchMemory.js';
import { toUnlock } from './toUnlock.js';
import type { CachedUser } from './UserCache.js';
import { unlockIdOf } from './unlockIdOf.js';

/** Where in the log something happened. */
export interface Place {
  sequence: number;
  /** In the entry. */
  index: number;
}

/** Where what an entry of the log brought about comes among all of that place: what is done later comes behind. */
export const ORDER = { first: 0, rechecked: 25_000, behind: 50_000 } as const;

/** Gathers what a batch changes, in the rows that the store writes. */
export class BatchBuilder {
  readonly #partition: number;
  readonly #events = emptyEventColumns();
  readonly #unlocks: UnlockRow[] = [];
  readonly #revocations = new Map<string, RevocationRow>();
  readonly #xp: XpRow[] = [];
  readonly #outbox: OutboxRow[] = [];
  readonly #touched = new Set<CachedUser>();
  readonly #progressed = new Map<CachedUser, string[]>();
  readonly #xpTotals: XpTotalRow[] = [];
  readonly #recounts: RecountChange[] = [];
  readonly #retractions: RetractionRow[] = [];
  readonly #eventMoves: EventMoveRow[] = [];
  readonly #unlockRewrites: UnlockRewriteRow[] = [];
  readonly #erasures: ErasureRow[] = [];
  readonly #matches = new Map<string, { tenantKey: number; eventIdHash: Buffer; definitionKeys: number[] }>();
  #ordinalOf = { sequence: -1, index: -1, order: -1, userKey: -1 };
  #ordinal = 0;

  constructor(partition: number) {
    this.#partition = partition;
  }

  get touched(): ReadonlySet<CachedUser> {
    return this.#touched;
  }

  /** Each pair once, however many events changed it. */
  get progress(): readonly ProgressChange[] {
    return [...this.#progressed].flatMap(([{ tenantId, userId }, slugs]) => slugs.map((slug) => ({ tenantId, userId, slug })));
  }

  /** Unlocks, ledger entries and late matches so far. */
  get effects(): number {
    return this.#unlocks.length + this.#xp.length + this.#matches.size;
  }

  get unlocks(): number {
    return this.#unlocks.length;
  }

  get deadLetters(): number {
    return this.#outbox.filter((row) => row.subject.startsWith('dlq.')).length;
  }

  addEvent(user: Pick<CachedUser, 'tenantKey' | 'userKey'>, event: CairnEvent, at: { place: Place; matched: readonly number[] }): void {
    const columns = this.#events;
    columns.tenantKey.push(user.tenantKey);
    columns.userKey.push(user.userKey);
    columns.logSeq.push(at.place.sequence);
    columns.logIndex.push(at.place.index);
    columns.eventId.push(event.eventId);
    columns.identity.push(PackedIdentity.of(event.identity));
    columns.occurredAt.push(event.occurredAt);
    columns.matched.push(at.matched.length === 0 ? null : at.matched);
  }

  /** The user's state will be written. */
  touch(user: CachedUser): void {
    this.#touched.add(user);
  }

  /**
   * `order` says where they come among what else the entry of the log brings about at that place; `matches` are what counted up to
   * there, where that is known and nothing behind it is.
   */
  addEffects(user: CachedUser, effects: Effects, at: Place & { order?: number; matches?: MatchMemory }): void {
    const { sequence, index, order = ORDER.first, matches } = at;
    if (effects.unlocks.length + effects.xp.length > 0) this.#beginOrdinals({ sequence, index, order, userKey: user.userKey });
    const place = { sequence, index };
    for (const unlock of effects.unlocks) this.#addUnlock(user, unlock, { place, evidence: evidenceOf(unlock, matches) });
    for (const entry of effects.xp) {
      this.#xp.push({
        tenantKey: user.tenantKey,
        userKey: user.userKey,
        entryId: deriveXpEntryId(user.tenantId, user.userId, entry.entryKey),
        amount: entry.amount,
        totalAfter: entry.totalAfter,
        reason: entry.reason,
        slug: entry.slug,
        level: entry.level,
        period: entry.period,
        ruleId: entry.ruleId,
        occurredAt: entry.occurredAt,
        causedBy: entry.causedBy,
        logSeq: place.sequence,
        ordinal: this.#ordinal++,
      });
    }
    // Live progress is told of users alone.
    if (effects.progressed.length > 0 && user.kind === 'user') this.#noteProgress(user, effects.progressed);
  }

  addXpTotal(user: CachedUser, total: { entryId: string; totalAfter: number }): void {
    this.#xpTotals.push({ tenantKey: user.tenantKey, userKey: user.userKey, ...total });
  }

  /** An event that came before turns out to count. */
  addMatch({ tenantKey, matches }: CachedUser, { eventId, definitionKey }: { eventId: string; definitionKey: number }): void {
    matches.outdated(definitionKey);
    const name = `${tenantKey}:${eventId}`;
    const match = this.#matches.get(name);
    if (match === undefined) this.#matches.set(name, { tenantKey, eventIdHash: hashEventId(eventId), definitionKeys: [definitionKey] });
    else match.definitionKeys.push(definitionKey);
  }

  /** An event counts for nothing any more. What its user's next unlocks take for evidence is looked up anew. */
  addRetraction(user: CachedUser, of: { eventId: string; sequence: number }): void {
    user.matches.forget();
    this.#retractions.push({ tenantKey: user.tenantKey, eventIdHash: hashEventId(of.eventId), logSeq: of.sequence });
  }

  addErasure(row: ErasureRow): void {
    this.#erasures.push(row);
  }

  /** An event of somebody who was erased: it says nothing, and a repetition of it is one still. */
  addErasedEvent(tenantKey: number, event: CairnEvent, place: Place): void {
    this.addEvent({ tenantKey, userKey: nobodyOf(this.#partition) }, event, { place, matched: [] });
  }

  /** All that a user has done is another's from here on, and what that one's next unlocks take for evidence is looked up anew. */
  moveEvents(tenantKey: number, { from, into }: { from: CachedUser; into: CachedUser }): void {
    into.matches.forget();
    this.#eventMoves.push({ tenantKey, fromKey: from.userKey, intoKey: into.userKey });
  }

  /** The unlock of another, as it was: nobody is told. */
  takeUnlock(user: CachedUser, unlock: StoredUnlock, { sequence }: { sequence: number }): void {
    this.#beginOrdinals({ sequence, index: 0, order: ORDER.first, userKey: user.userKey });
    const { tenantKey, userKey } = user;
    const unlockId = unlockIdOf(user, unlock);
    this.#unlocks.push({ ...unlock, tenantKey, userKey, unlockId, logSeq: sequence, logIndex: 0, ordinal: this.#ordinal++ });
    const { revokedAt, revokedReason } = unlock;
    if (revokedAt !== null) this.#revocations.set(unlockId, { tenantKey, unlockId, revokedAt, revokedReason });
  }

  /** An unlock keeps its id, and is put down to what brought another's about. */
  rewriteUnlock(user: CachedUser, unlock: StoredUnlock, as: { by: StoredUnlock; isRegained: boolean }): void {
    const { by, isRegained } = as;
    const { tenantKey } = user;
    const { unlockId } = unlock;
    const { version, value, threshold, unlockedAt, causedBy, message, evidence } = by;
    const { xpReward } = isRegained ? by : unlock;
    this.#unlockRewrites.push({ tenantKey, unlockId, version, value, threshold, xpReward, unlockedAt, causedBy, message, evidence });
    if (isRegained) this.#revocations.set(unlockId, { tenantKey, unlockId, revokedAt: null, revokedReason: null });
  }

  /** Its user ends: it is held by nobody any more, which is nobody's loss and not told. */
  endUnlock({ tenantKey }: CachedUser, { unlockId }: StoredUnlock, of: { at: number; reason: string }): void {
    this.#revocations.set(unlockId, { tenantKey, unlockId, revokedAt: of.at, revokedReason: of.reason });
  }

  /**
   * An event of somebody else: that under an id that is an alias, or for a tenant that was merged. It goes to the end of the log once more
   * as what it is, and counts there.
   * @param at.place where it stands
   */
  addForward(event: CairnEvent, at: { partition: number; place: Place }): void {
    const { partition, place } = at;
    const { tenantId } = event;
    this.#outbox.push({
      subject: logSubject(partition, tenantId),
      msgId: `alias:${place.sequence}:${place.index}`,
      headers: null,
      payload: encodeEventBatch({ tenantId, events: [event] }),
    });
  }

  addRecount(change: RecountChange): void {
    this.#recounts.push(change);
  }

  /** An unlock that this batch writes. */
  unlockOf(unlockId: string): UnlockRow | undefined {
    return this.#unlocks.find((row) => row.unlockId === unlockId);
  }

  /** The unlock as it stood, and that it is taken back: what goes out has the shape of an unlock. */
  addRevocation(tenantKey: number, revocation: Revocation, at: { instantMs: number; cause: string }): void {
    this.#revocations.set(revocation.unlock_id, {
      tenantKey,
      unlockId: revocation.unlock_id,
      revokedAt: at.instantMs,
      revokedReason: revocation.reason,
    });
    this.#outbox.push({
      subject: REVOKED_SUBJECT,
      msgId: `${revocation.unlock_id}:revoked:${at.cause}`,
      headers: null,
      payload: Buffer.from(JSON.stringify(revocation)),
    });
  }

  /** What cannot be accepted goes to the dead letters in the same transaction. */
  addDeadLetter(letter: Letter): void {
    this.#outbox.push(deadLetterRow(letter, this.#partition));
  }

  build(fence: { epoch: number; oldSeq: number; newSeq: number }): EvaluationBatch {
    return {
      partition: this.#partition,
      ...fence,
      events: this.#events,
      userStates: [...this.#touched].map((user) => ({ tenantKey: user.tenantKey, userKey: user.userKey, state: encodedStateOf(user) })),
      unlocks: this.#unlocks,
      revocations: [...this.#revocations.values()],
      xp: this.#xp,
      outbox: this.#outbox,
      xpTotals: this.#xpTotals,
      recounts: this.#recounts,
      matches: [...this.#matches.values()],
      retractions: this.#retractions,
      eventMoves: this.#eventMoves,
      unlockRewrites: this.#unlockRewrites,
      erasures: this.#erasures,
    };
  }

  #noteProgress(user: CachedUser, slugs: readonly string[]): void {
    const noted = this.#progressed.get(user);
    if (noted === undefined) this.#progressed.set(user, [...slugs]);
    else for (const slug of slugs) if (!noted.includes(slug)) noted.push(slug);
  }

  /** What goes on at the same place for the same user goes on counting. */
  #beginOrdinals(of: { sequence: number; index: number; order: number; userKey: number }): void {
    const last = this.#ordinalOf;
    if (last.sequence === of.sequence && last.index === of.index && last.order === of.order && last.userKey === of.userKey) return;
    this.#ordinalOf = of;
    this.#ordinal = of.index * ORDINALS_PER_EVENT + of.order;
  }

  #addUnlock(user: CachedUser, effect: UnlockEffect, at: { place: Place; evidence: UnlockRow['evidence'] }): void {
    const { place, evidence } = at;
    const unlock = toUnlock(user, effect);
    if (effect.restored) {
      this.#revocations.set(unlock.unlock_id, {
        tenantKey: user.tenantKey,
        unlockId: unlock.unlock_id,
        revokedAt: null,
        revokedReason: null,
        restored: { logSeq: place.sequence, logIndex: place.index, at: effect.unlockedAt, causedBy: effect.causedBy },
      });
      // Whoever heard of the revocation hears of this: the same unlock, in a message of its own. The same event may bring it back twice.
      const payload = Buffer.from(JSON.stringify({ ...unlock, evidence: [unlock.caused_by] }));
      const msgId = `${unlock.unlock_id}:restored:${place.sequence}:${place.index}`;
      this.#outbox.push({ subject: UNLOCKED_SUBJECT, msgId, headers: null, payload });
      return;
    }
    this.#unlocks.push({
      tenantKey: user.tenantKey,
      userKey: user.userKey,
      unlockId: unlock.unlock_id,
      slug: unlock.achievement.slug,
      level: unlock.level,
      period: unlock.period,
      version: unlock.achievement.version,
      value: unlock.value,
      threshold: unlock.threshold,
      xpReward: unlock.xp_reward,
      xpTotal: unlock.xp_total,
      unlockedAt: effect.unlockedAt,
      causedBy: unlock.caused_by,
      logSeq: place.sequence,
      logIndex: place.index,
      ordinal: this.#ordinal++,
      message: unlock.message,
      backfilled: unlock.backfilled,
      evidence,
    });
    const payload = isGiven(evidence)
      ? Buffer.from(JSON.stringify({ ...unlock, evidence }))
      : aroundEvidence(unlock, this.#unlocks.length - 1);
    this.#outbox.push({ subject: UNLOCKED_SUBJECT, msgId: unlock.unlock_id, headers: null, payload });
  }
}

function encodedStateOf({ kind, state }: CachedUser): Uint8Array {
  return kind === 'team' ? encodeTeamState(state) : encodeState(state);
}

function isGiven(evidence: UnlockRow['evidence']): evidence is readonly string[] {
  return Array.isArray(evidence);
}

function evidenceOf(effect: UnlockEffect, matches: MatchMemory | undefined): UnlockRow['evidence'] {
  if (effect.evidence !== undefined) return effect.evidence;
  if (effect.evidenceFrom === 'cause') return [effect.causedBy];
  const { definition, periodStart, periodEnd, value } = effect;
  // A count knows how many there are, so that the search need not look on behind the last.
  const atMost = definition.definition.criteria.type === 'count' ? { atMost: value } : {};
  const goesOn = definition.definition.onPublish === 'continue';
  const wanted = { definitionKey: definition.key, periodStart, periodEnd, goesOn, ...atMost };
  const remembered = matches?.newest(wanted) ?? null;
  if (remembered === null) return wanted;
  return remembered.length === 0 ? [effect.causedBy] : remembered;
}

/** The unlock as JSON, in the contract's order, cut where the database puts the evidence in. */
function aroundEvidence(unlock: Unlock, index: number): { before: string; unlock: number; after: string } {
  const { evidence: _, backfilled, message, ...head } = unlock;
  return {
    before: `${JSON.stringify(head).slice(0, -1)},"evidence":`,
    unlock: index,
    after: `,${JSON.stringify({ backfilled, message }).slice(1)}`,
  };
}
