import type { EngineEvent } from '../engineEvent.js';
import { periodOf, wallClock } from './naiveCalendar.js';
import { bestRolling, evaluate, isMatch, measure, type PlainCriteria, type PlainEvent, takenByRolling } from './naiveCriteria.js';

/**
 * A second implementation for tests: after every event it looks at the whole list of events again, and it shares nothing
 * with the engine. It understands packs as they are written, with the few expressions of naiveCriteria.ts.
 */

export interface PlainAchievement {
  slug: string;
  xp_reward?: number;
  tier_required?: string;
  sensitive?: boolean;
  category?: string;
  criteria: PlainCriteria;
  levels?: { name: string; threshold: number; xp_reward: number }[];
  repeat?: string;
}

export interface PlainPack {
  achievements: PlainAchievement[];
  xp_rules?: { id: string; event: string; amount: string; cap: { per: string; amount: number } }[];
}

/** The unlocks as `slug|level|period`, sorted, and the XP that a history comes to. */
export function naiveOutcome(pack: PlainPack, events: readonly EngineEvent[], timeZone: string): { unlocks: string[]; xp: number } {
  const user = new NaiveUser(pack, timeZone);
  for (const event of events) user.take(event);
  return { unlocks: [...user.unlocks.keys()].sort(), xp: user.xp };
}

/** What generated events may carry. */
interface Properties {
  n: number;
  s?: string;
  timezone?: string;
  tier?: string;
  category?: string;
}

const TIERS = ['free', 'basic', 'pro', 'enterprise'];

class NaiveUser {
  /** What each unlock paid. */
  readonly unlocks = new Map<string, number>();
  readonly #pack: PlainPack;
  readonly #tenantZone: string;
  #zone: string | null = null;
  #tier = 'free';
  #choiceForAll: string | null = null;
  #choices = new Map<string, string>();
  /** The matches of each achievement, in the order of the log. */
  readonly #matches = new Map<string, PlainEvent[]>();
  /** Those that rules for XP counted. */
  readonly #earning: PlainEvent[] = [];

  constructor(pack: PlainPack, tenantZone: string) {
    this.#pack = pack;
    this.#tenantZone = tenantZone;
  }

  get xp(): number {
    let xp = 0;
    for (const reward of this.unlocks.values()) xp += reward;
    for (const { event, amount, cap } of this.#pack.xp_rules ?? []) {
      const earned = new Map<string, number>();
      for (const match of this.#earning.filter((candidate) => isMatch({ type: 'count', event }, candidate))) {
        const period = periodOf(cap.per, match.local);
        earned.set(period, (earned.get(period) ?? 0) + Number(evaluate(amount, match)));
      }
      for (const total of earned.values()) xp += Math.min(total, cap.amount);
    }
    return xp;
  }

  take(event: EngineEvent): void {
    const properties = JSON.parse(event.propertiesJson) as Properties;
    this.#act(event.type, properties);
    const local = wallClock(event.occurredAt, this.#zone ?? this.#tenantZone);
    const { n, s } = properties;
    const plain: PlainEvent = { type: event.type, at: event.occurredAt, place: event.sequence, n, s, local };
    if (this.#choiceForAll !== 'out') this.#earning.push(plain);
    for (const item of this.#pack.achievements) {
      if (this.#isRefused(item) || !isMatch(item.criteria, plain)) continue;
      this.#matches.set(item.slug, [...(this.#matches.get(item.slug) ?? []), plain]);
    }
    let before: number;
    do {
      before = this.unlocks.size;
      for (const item of this.#pack.achievements) if (this.#mayUnlock(item)) this.#unlockWhatIsMet(item);
    } while (this.unlocks.size > before);
  }

  #act(type: string, { timezone, tier, category }: Properties): void {
    if (type === 'profile.updated') this.#zone = timezone ?? null;
    if (type === 'subscription.changed') this.#tier = tier ?? 'free';
    if (type === 'subscription.canceled') this.#tier = 'free';
    if (!type.startsWith('privacy.')) return;
    const choice = type === 'privacy.opted_in' ? 'in' : 'out';
    if (category === undefined) {
      this.#choiceForAll = choice;
      this.#choices = new Map();
    } else this.#choices.set(category, choice);
  }

  #isRefused({ category = 'general', sensitive = false }: PlainAchievement): boolean {
    const choice = this.#choices.get(category) ?? this.#choiceForAll;
    return choice === 'out' || (sensitive && choice !== 'in');
  }

  #mayUnlock(item: PlainAchievement): boolean {
    return !this.#isRefused(item) && TIERS.indexOf(this.#tier) >= TIERS.indexOf(item.tier_required ?? 'free');
  }

  #unlockWhatIsMet(item: PlainAchievement): void {
    const { criteria } = item;
    const levels = item.levels ?? [{ name: '', threshold: thresholdOf(criteria), xp_reward: item.xp_reward ?? 0 }];
    for (const { period, value } of this.#valuesOf(item)) {
      if (value === null) continue;
      for (const { name, threshold, xp_reward } of levels) {
        if (item.repeat === 'every_threshold')
          for (let n = 1; n <= Math.floor(value / threshold); n++) this.#unlock(`${item.slug}|${name}|#${String(n)}`, xp_reward);
        else if (value >= threshold) this.#unlock(`${item.slug}|${name}|${item.repeat === 'each_period' ? period : ''}`, xp_reward);
      }
    }
  }

  #unlock(key: string, reward: number): void {
    if (!this.unlocks.has(key)) this.unlocks.set(key, reward);
  }

  /** The value in each calendar period, or the one of the lifetime or of the best rolling window. */
  #valuesOf({ slug, criteria }: PlainAchievement): { period: string; value: number | null }[] {
    const matches = this.#matches.get(slug) ?? [];
    const { calendar, rolling } = criteria.window ?? {};
    if (criteria.type === 'xp') return [{ period: '', value: this.xp }];
    if (criteria.type === 'achievements')
      return [{ period: '', value: (criteria.slugs ?? []).filter((listed) => this.#holds(listed)).length }];
    if (rolling !== undefined) return [{ period: '', value: bestRolling(criteria, rolling, takenByRolling(rolling, matches)) }];
    if (calendar === undefined) return [{ period: '', value: measure(criteria, matches) }];
    const periods = [...new Set(matches.map(({ local }) => periodOf(calendar, local)))];
    return periods.map((period) => ({
      period,
      value: measure(
        criteria,
        matches.filter(({ local }) => periodOf(calendar, local) === period),
      ),
    }));
  }

  #holds(slug: string): boolean {
    return [...this.unlocks.keys()].some((key) => key.startsWith(`${slug}|`));
  }
}

function thresholdOf({ threshold, steps, slugs }: PlainCriteria): number {
  return threshold ?? (steps ?? slugs ?? []).length;
}
