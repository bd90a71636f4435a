import type { PublishedDefinition } from './catalogue/rule.js';

/** What one step changed besides the state. Nobody changes it afterwards: steps that changed the same share it. */
export interface Effects {
  readonly unlocks: readonly UnlockEffect[];
  readonly revocations: readonly RevocationEffect[];
  readonly xp: readonly XpEffect[];
  /** `key` of each definition that counted the event. */
  readonly matched: readonly number[];
  /** Slugs whose value changed, those that unlocked among them. */
  readonly progressed: readonly string[];
  /** Expressions that failed, and built-in events that made no sense. */
  readonly evaluationFailures: number;
}

export interface UnlockEffect {
  definition: PublishedDefinition;
  /** null where the achievement has no levels. */
  level: string | null;
  /** null unless it repeats. */
  period: string | null;
  /** The window in which the value was reached, calendar or rolling, as instants [start, end); null for a lifetime. */
  periodStart: number | null;
  periodEnd: number | null;
  value: number;
  threshold: number;
  xpReward: number;
  /** XP of the user after it. */
  xpTotal: number;
  unlockedAt: number;
  causedBy: string;
  backfilled: boolean;
  /** It was revoked before and is held again: the row exists. */
  restored: boolean;
  /** The template filled in; `{user}` stays where no event says who it is. null without one, and for a grant below the threshold. */
  message: string | null;
  /** Where its evidence is: the events that counted, or the cause alone. */
  evidenceFrom: 'matches' | 'cause';
  /** Event ids, the newest last, at most 20; set by a recount. */
  evidence?: string[];
}

export interface RevocationEffect {
  slug: string;
  /** null where the achievement is not published any more. */
  definition: PublishedDefinition | null;
  level: string | null;
  period: string | null;
  value: number;
  threshold: number;
  /** What is taken back. */
  xpReward: number;
  xpTotal: number;
  revokedAt: number;
  causedBy: string;
  reason: string;
}

/** One entry of the ledger. */
export interface XpEffect {
  /** Unique for the user and the same on every rebuild. */
  entryKey: string;
  amount: number;
  totalAfter: number;
  /** `merge`: what two users had becomes that of one. */
  reason: 'unlock' | 'rule' | 'revocation' | 'merge';
  /** Of an unlock, or of its revocation; null for a rule of XP, and for all that a merged user brings along. */
  slug: string | null;
  /** null where the achievement has no levels. */
  level: string | null;
  /** null unless it repeats. */
  period: string | null;
  ruleId: string | null;
  occurredAt: number;
  causedBy: string;
}

/** Event ids that an unlock names at most. */
export const EVIDENCE_MAX = 20;

/** Of a step that changed nothing. */
export const NO_EFFECTS: Effects = { unlocks: [], revocations: [], xp: [], matched: [], progressed: [], evaluationFailures: 0 };

/** Of an event that made no sense. */
export const FAILED_EFFECTS: Effects = { ...NO_EFFECTS, evaluationFailures: 1 };
