import type { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import { isBelowTier, refusedConsent } from '../eligibility.js';
import type { EngineEvent } from '../engineEvent.js';
import { toInstant } from '../instant.js';
import type { UserState } from '../state/userState.js';
import { NO_PERIOD, parsePeriodName } from '../windows/periodKey.js';
import { zoneOrUtc } from '../zones/zones.js';
import { describeOutcome } from './describeOutcome.js';
import {
  type BlockedBy,
  type CountedEvent,
  type CrossedThreshold,
  EVENTS_LISTED_MAX,
  type Explanation,
  type NotCountedEvent,
} from './explanation.js';
import { describeNeeds, missingSteps } from './needs.js';
import { type ProgressItem, progressOf } from './progress.js';
import { type RecordedUnlock, replayStanding, type Standing } from './recordedUnlock.js';
import { Replay } from './replay.js';
import { shownCounts } from './shownCounts.js';
import { splitEvents } from './splitEvents.js';
import { summarise } from './summarise.js';

export interface ExplainFrom {
  /** Events of one user without duplicates, in the order of the log. */
  history: readonly EngineEvent[];
  /** Older events were left out of the history: then the lists are not all, and values come from what the user has alone. */
  isPartial?: boolean;
  now: number;
  /** The version in effect is still being evaluated over the history of the user. */
  isRecounting?: boolean;
  /** What the user really has, where it is at hand; else it follows from the history. */
  state?: UserState;
  /** All unlocks of the achievement that the user has or had, in the order of the log; else they follow from the history too. */
  unlocks?: readonly RecordedUnlock[];
  /** An event to say of what became of it. */
  eventId?: string;
}

/** Why a user has an achievement, or why not yet, by judging the user's history again. null where no such achievement counts for users. */
export function explain(catalogue: Catalogue, slug: string, from: ExplainFrom): Explanation | null {
  const rule = catalogue.rules.get(slug);
  if (rule === undefined) return null;
  const { history, now, isPartial = false, isRecounting = false, eventId = null } = from;
  const standing = standingOf(catalogue, rule, from);
  const item = progressOf(catalogue, standing.state, { slug, now });
  if (item === null) return null;
  const replay = new Replay({ catalogue, rule, standing, history, isPartial, eventId }).run();
  const { shown, others } = splitEvents(rule, replay, { item, now: toInstant(now) });
  const { state } = standing;
  const { criteria } = rule.definition;
  const isUnlocked = item.status === 'unlocked';
  const today = zoneOrUtc(state.zone ?? catalogue.settings.timezone).dayOf(toInstant(now));
  const counts = shownCounts(state, rule, today);
  const toHold = criteria.type === 'achievements' ? criteria.slugs : [];
  const explained = {
    slug,
    name: item.name,
    version: rule.version,
    versionSequence: rule.published.sequence,
    status: item.status,
    value: item.value,
    threshold: item.threshold,
    missing: isUnlocked ? 0 : Math.max(0, difference(item.threshold, item.value)),
    level: item.level,
    period: item.period,
    blockedBy: isUnlocked ? null : blockedBy(catalogue, rule, { state, item }),
    counted: newestFirst(shown),
    countedTotal: shown.length,
    crossed: standing.unlocks.map(toCrossed),
    notCounted: newestFirst<NotCountedEvent>([...replay.notCounted, ...others]),
    notCountedTotals: others.length === 0 ? replay.totals : { ...replay.totals, outside_window: others.length },
    missingSlugs: toHold.filter((other) => state.achievements.get(other)?.held.any !== true),
    assumed: replay.assumed,
    missingSteps: isUnlocked ? [] : missingSteps(rule, counts, toInstant(now)),
  };
  const needs = isUnlocked ? '' : describeNeeds(rule, { ...explained, counts, today });
  const isUnseen = history.length === 0 && !isPartial && standing.unlocks.length === 0;
  const event = replay.found === null ? null : describeOutcome(rule, replay.found, { explained, others, isPartial });
  return { ...explained, needs, event, summary: summarise(rule, { ...explained, needs, counts, isPartial, isRecounting, isUnseen }) };
}

function standingOf(catalogue: Catalogue, rule: Rule, { state, unlocks, history }: ExplainFrom): Standing {
  if (state !== undefined && unlocks !== undefined) return { state, unlocks };
  const replayed = replayStanding(catalogue, rule, history);
  return { state: state ?? replayed.state, unlocks: unlocks ?? replayed.unlocks };
}

/** A plain number between two: 0.1 and not what binary fractions make of 0.9 − 0.8. */
function difference(one: number, other: number): number {
  const precise = one - other;
  return Number.isFinite(precise) ? Number(precise.toPrecision(12)) : 0;
}

function blockedBy(catalogue: Catalogue, rule: Rule, { state, item }: { state: UserState; item: ProgressItem }): BlockedBy | null {
  if (isNextRevoked(rule, state, item)) return 'revoked';
  return refusedConsent(rule, state) ?? (isBelowTier(rule, state, catalogue) ? 'below_tier' : null);
}

/** Whether what comes next was held and revoked: it does not unlock by itself again. Multiples go on behind it. */
function isNextRevoked(rule: Rule, state: UserState, { period }: ProgressItem): boolean {
  const held = state.achievements.get(rule.slug)?.held;
  const key = rule.once ? NO_PERIOD : parsePeriodName(period);
  if (held === undefined || key === null || rule.definition.repeat === 'every_threshold') return false;
  const next = rule.levels.find(({ name }) => held.get(name, key)?.revoked !== false);
  return next !== undefined && held.get(next.name, key)?.revoked === true;
}

function toCrossed(unlock: RecordedUnlock): CrossedThreshold {
  const { threshold, value, level, period, version, backfilled, granted, revoked, evidence } = unlock;
  const eventId = granted === null ? unlock.causedBy : null;
  return { threshold, value, level, period, at: unlock.unlockedAt, eventId, version, backfilled, granted, revoked, evidence };
}

function newestFirst<T extends CountedEvent | NotCountedEvent>(events: readonly T[]): T[] {
  return events
    .toReversed()
    .sort((a, b) => b.occurredAt - a.occurredAt)
    .slice(0, EVENTS_LISTED_MAX);
}
