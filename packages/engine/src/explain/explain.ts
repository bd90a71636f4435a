import { Catalogue } from '../catalogue/catalogue.js';
import type { Rule } from '../catalogue/rule.js';
import { valueKey } from '../criteria/valueKey.js';
import { isBelowTier, refusedConsent } from '../eligibility.js';
import type { EngineEvent } from '../engineEvent.js';
import type { Scalar } from '../expressions/expression.js';
import { fold } from '../fold.js';
import { toInstant } from '../instant.js';
import { emptyState, type UserState } from '../state/userState.js';
import { parsePeriodName, splitPeriodKey } from '../windows/periodKey.js';
import { zoneOrUtc } from '../zones/zones.js';
import { type CountedEvent, type CrossedThreshold, EVENTS_LISTED_MAX, type Explanation, type NotCountedEvent } from './explanation.js';
import { isInEffect, judgeEvent, type Verdict } from './judgeEvent.js';
import { progressOf } from './progress.js';
import { summarise } from './summarise.js';

export interface ExplainFrom {
  /** All events of one user without duplicates, in the order of the log. */
  history: Iterable<EngineEvent>;
  now: number;
  /** What the user really has, where it is at hand: grants and revocations are in it, but not in the history. */
  state?: UserState;
}

/** Why a user has an achievement, or why not yet, by folding the user's history again. null where it is not published. */
export function explain(catalogue: Catalogue, slug: string, from: ExplainFrom): Explanation | null {
  const rule = catalogue.rules.get(slug);
  if (rule === undefined) return null;
  const replay = new Replay(catalogue, rule);
  for (const event of from.history) replay.take(event);
  return replay.explain(from);
}

/** Counted events of one calendar window, or of the lifetime. */
interface Tally {
  total: number;
  newest: CountedEvent[];
  seen: Set<string>;
}

class Replay {
  readonly #catalogue: Catalogue;
  readonly #rule: Rule;
  /** What holds before the version is in effect. */
  readonly #without: Catalogue;
  readonly #state = emptyState();
  /** Publishes nothing: folding by it applies zone, tier and consent alone. */
  readonly #nothing: Catalogue;
  readonly #person = emptyState();
  readonly #tallies = new Map<number | null, Tally>();
  readonly #notCounted: NotCountedEvent[] = [];
  readonly #totals: Explanation['notCountedTotals'] = {};
  readonly #crossed: CrossedThreshold[] = [];

  constructor(catalogue: Catalogue, rule: Rule) {
    this.#catalogue = catalogue;
    this.#rule = rule;
    const others = [...catalogue.definitions.values()].filter(({ slug }) => slug !== rule.slug);
    this.#nothing = Catalogue.empty().configure(catalogue.settings);
    this.#without = Catalogue.restore({ settings: catalogue.settings, definitions: others, packs: [...catalogue.packs.values()] });
  }

  take(event: EngineEvent): void {
    // Zone, tier and consent act before the event counts.
    fold(this.#nothing, this.#person, event);
    const day = zoneOrUtc(this.#person.zone ?? this.#catalogue.settings.timezone).dayOf(toInstant(event.occurredAt));
    this.#note(event, judgeEvent(this.#rule, event, { state: this.#state, person: this.#person, day }));
    for (const unlock of fold(isInEffect(this.#rule, event) ? this.#catalogue : this.#without, this.#state, event).unlocks)
      if (unlock.definition.slug === this.#rule.slug)
        this.#crossed.push({
          threshold: unlock.threshold,
          value: unlock.value,
          level: unlock.level,
          period: unlock.period,
          at: unlock.unlockedAt,
          eventId: event.eventId,
        });
  }

  explain({ now, state }: ExplainFrom): Explanation | null {
    const actual = state ?? this.#state;
    const item = progressOf(this.#catalogue, actual, { slug: this.#rule.slug, now });
    if (item === null) return null;
    const tally = this.#shownTally(item.period, now);
    this.#moveOthersOut(tally);
    const { criteria, name } = this.#rule.definition;
    const explained = {
      slug: this.#rule.slug,
      name,
      version: this.#rule.version,
      versionSequence: this.#rule.published.sequence,
      status: item.status,
      value: item.value,
      threshold: item.threshold,
      missing: item.status === 'unlocked' ? 0 : Math.max(0, item.threshold - item.value),
      level: item.level,
      period: item.period,
      blockedBy: refusedConsent(this.#rule, actual) ?? (isBelowTier(this.#rule, actual, this.#catalogue) ? ('below_tier' as const) : null),
      counted: tally?.newest.toReversed() ?? [],
      countedTotal: tally?.total ?? 0,
      crossed: this.#crossed,
      notCounted: this.#notCounted.toSorted((a, b) => b.occurredAt - a.occurredAt),
      notCountedTotals: this.#totals,
      missingSlugs:
        criteria.type === 'achievements' ? criteria.slugs.filter((slug) => actual.achievements.get(slug)?.held.any !== true) : [],
    };
    return { ...explained, summary: summarise(this.#rule, explained) };
  }

  #note(event: EngineEvent, verdict: Verdict): void {
    if (!verdict.counted) return this.#refuse(event, verdict);
    const tally = this.#tallyOf(verdict.window);
    let added = false;
    for (const contribution of verdict.contributions) {
      if (this.#isRepeated(tally, contribution)) continue;
      added = true;
      tally.total += 1;
      keepNewest(tally.newest, { eventId: event.eventId, occurredAt: event.occurredAt, contribution });
    }
    if (!added)
      this.#refuse(event, { reason: 'adds_nothing', detail: `${JSON.stringify(verdict.contributions[0] ?? null)} was counted before.` });
  }

  #refuse(event: EngineEvent, { reason, detail }: Pick<NotCountedEvent, 'reason' | 'detail'>): void {
    this.#totals[reason] = (this.#totals[reason] ?? 0) + 1;
    if (reason !== 'other_type') keepNewest(this.#notCounted, { eventId: event.eventId, occurredAt: event.occurredAt, reason, detail });
  }

  /** Different values and steps count once. */
  #isRepeated(tally: Tally, contribution: Scalar | null): boolean {
    const { type } = this.#rule.definition.criteria;
    if (contribution === null || (type !== 'distinct' && type !== 'checklist')) return false;
    const key = valueKey(contribution);
    const repeated = tally.seen.has(key);
    tally.seen.add(key);
    return repeated;
  }

  #tallyOf(window: number | null): Tally {
    let tally = this.#tallies.get(window);
    if (tally === undefined) this.#tallies.set(window, (tally = { total: 0, newest: [], seen: new Set<string>() }));
    return tally;
  }

  /** The tally of the window that the value is shown of: the current one, or the one that unlocked. */
  #shownTally(period: string | null, now: number): Tally | undefined {
    const { unit } = this.#rule;
    if (unit === null) return this.#tallies.get(null);
    const shown = splitPeriodKey(parsePeriodName(period) ?? 0);
    if (shown !== null) return this.#tallies.get(shown.period);
    const unlockedBy = this.#crossed.at(-1)?.eventId;
    for (const tally of this.#tallies.values()) if (tally.newest.some((event) => event.eventId === unlockedBy)) return tally;
    return [...this.#tallies.values()].findLast((tally) => tally.newest.some((event) => event.occurredAt <= now));
  }

  #moveOthersOut(shown: Tally | undefined): void {
    for (const [window, tally] of this.#tallies) {
      if (tally === shown || this.#rule.unit === null || window === null) continue;
      for (const { eventId, occurredAt } of tally.newest)
        keepNewest(this.#notCounted, {
          eventId,
          occurredAt,
          reason: 'outside_window',
          detail: 'It lies in another period than the one shown.',
        });
      this.#totals.outside_window = (this.#totals.outside_window ?? 0) + tally.total;
    }
  }
}

function keepNewest<T>(events: T[], event: T): void {
  if (events.push(event) > EVENTS_LISTED_MAX) events.shift();
}
