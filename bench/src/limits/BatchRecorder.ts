import {
  type CairnEvent,
  DEFAULT_TENANT_ID,
  deriveUnlockId,
  deriveXpEntryId,
  formatInstant,
  UNLOCKED_SUBJECT,
  type Unlock,
} from '@cairn/contracts';
import { type Catalogue, type Effects, encodeState, fold, type UnlockEffect, type UserState } from '@cairn/engine';
import { type EvaluationBatch, emptyEventColumns, type OutboxRow, type UnlockRow, type XpRow } from '@cairn/store';
import { toEngineEvent } from '../work/toEngineEvent.js';

export interface RecordedUser {
  userId: string;
  userKey: number;
  state: UserState;
}

interface Place {
  sequence: number;
  index: number;
}

/** Folds events and gathers what the evaluator would commit for them in one transaction. */
export class BatchRecorder {
  readonly #catalogue: Catalogue;
  readonly #tenantKey: number;
  readonly #events = emptyEventColumns();
  readonly #touched = new Set<RecordedUser>();
  readonly #unlocks: UnlockRow[] = [];
  readonly #xp: XpRow[] = [];
  readonly #outbox: OutboxRow[] = [];
  #ordinal = 0;

  constructor(of: { catalogue: Catalogue; tenantKey: number }) {
    this.#catalogue = of.catalogue;
    this.#tenantKey = of.tenantKey;
  }

  get size(): number {
    return this.#events.eventId.length;
  }

  add(user: RecordedUser, event: CairnEvent, place: Place): void {
    const effects = fold(this.#catalogue, user.state, toEngineEvent(event, place));
    const columns = this.#events;
    columns.tenantKey.push(this.#tenantKey);
    columns.userKey.push(user.userKey);
    columns.logSeq.push(place.sequence);
    columns.logIndex.push(place.index);
    columns.eventId.push(event.eventId);
    columns.eventIdHash.push(event.identity.eventIdHash);
    columns.keyHash.push(event.identity.keyHash);
    columns.fingerprint.push(event.identity.fingerprint);
    columns.payloadHash.push(event.identity.payloadHash);
    columns.occurredAt.push(event.occurredAt);
    columns.matched.push(effects.matched.length === 0 ? null : effects.matched);
    this.#touched.add(user);
    this.#addEffects(user, effects, place);
  }

  build(fence: { partition: number; epoch: number; oldSeq: number; newSeq: number }): EvaluationBatch {
    return {
      ...fence,
      events: this.#events,
      userStates: [...this.#touched].map(({ userKey, state }) => ({ tenantKey: this.#tenantKey, userKey, state: encodeState(state) })),
      unlocks: this.#unlocks,
      revocations: [],
      xp: this.#xp,
      outbox: this.#outbox,
    };
  }

  #addEffects(user: RecordedUser, effects: Effects, place: Place): void {
    for (const effect of effects.unlocks) this.#addUnlock(user, effect, place);
    for (const { entryKey, ...entry } of effects.xp) {
      this.#xp.push({
        ...entry,
        tenantKey: this.#tenantKey,
        userKey: user.userKey,
        entryId: deriveXpEntryId(DEFAULT_TENANT_ID, user.userId, entryKey),
        logSeq: place.sequence,
        ordinal: this.#ordinal++,
      });
    }
  }

  #addUnlock(user: RecordedUser, effect: UnlockEffect, place: Place): void {
    const unlock = toUnlock(user.userId, effect);
    const { evidence: _, backfilled, message, ...head } = unlock;
    this.#outbox.push({
      subject: UNLOCKED_SUBJECT,
      msgId: unlock.unlock_id,
      headers: null,
      payload: {
        before: `${JSON.stringify(head).slice(0, -1)},"evidence":`,
        unlock: this.#unlocks.length,
        after: `,${JSON.stringify({ backfilled, message }).slice(1)}`,
      },
    });
    this.#unlocks.push({
      tenantKey: this.#tenantKey,
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
      message,
      backfilled,
      evidence: evidenceOf(effect),
    });
  }
}

function evidenceOf({ evidenceFrom, causedBy, definition, periodStart, periodEnd, value }: UnlockEffect): UnlockRow['evidence'] {
  if (evidenceFrom === 'cause') return [causedBy];
  const atMost = definition.definition.criteria.type === 'count' ? { atMost: value } : {};
  return { definitionKey: definition.key, periodStart, periodEnd, ...atMost };
}

function toUnlock(userId: string, effect: UnlockEffect): Unlock {
  const { definition, version } = effect.definition;
  const { level, period } = effect;
  return {
    unlock_id: deriveUnlockId({ tenantId: DEFAULT_TENANT_ID, userId, slug: definition.slug, level, period }),
    tenant_id: DEFAULT_TENANT_ID,
    user_id: userId,
    achievement: {
      slug: definition.slug,
      name: definition.name,
      version,
      rarity: definition.rarity,
      category: definition.category,
    },
    level,
    period,
    value: effect.value,
    threshold: effect.threshold,
    xp_reward: effect.xpReward,
    xp_total: effect.xpTotal,
    unlocked_at: formatInstant(effect.unlockedAt),
    caused_by: effect.causedBy,
    evidence: [],
    backfilled: effect.backfilled,
    message: effect.message ?? `You unlocked ${definition.name}.`,
  };
}
