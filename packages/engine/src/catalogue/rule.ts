import { criterionFactory } from '../criteria/criteria.js';
import type { CriterionState } from '../criteria/criterionState.js';
import { Expression } from '../expressions/expression.js';
import type { AchievementDefinition, Criteria, EventMatcher } from '../packs/pack.js';
import type { CalendarUnit } from '../windows/period.js';

/** An achievement's definition in one version, published in a tenant. */
export interface PublishedDefinition {
  slug: string;
  version: number;
  pack: string;
  /** The entry of the log at which it took effect. */
  sequence: number;
  publishedAt: number;
  /** The store's surrogate; the engine only hands it back. */
  key: number;
  definition: AchievementDefinition;
}

/** A threshold and what it pays. The name is empty where the achievement has no levels. */
export interface RuleLevel {
  readonly name: string;
  readonly threshold: number;
  readonly xpReward: number;
}

/** One way in which an event can match a rule: its types, its filter, and which step it stands for. */
export interface Matcher {
  readonly events: readonly string[];
  readonly where: Expression | null;
  readonly step: string;
}

/** A published definition, compiled once: what the fold works with. */
export class Rule {
  readonly slug: string;
  readonly version: number;
  readonly definition: AchievementDefinition;
  readonly matchers: readonly Matcher[];
  readonly value: Expression | null;
  readonly success: Expression | null;
  readonly levels: readonly RuleLevel[];
  /** The unit of its calendar window; null for a lifetime. */
  readonly unit: CalendarUnit | null;
  readonly once: boolean;
  /** Measured from what the user holds, not from events. */
  readonly isDerived: boolean;

  /** Whether it has a window that rolls along with the events. */
  readonly rolling: boolean;
  /** Below it nothing unlocks. */
  readonly thresholdMin: number;
  readonly #emptyCounts: () => CriterionState | null;

  constructor(readonly published: PublishedDefinition) {
    const { definition } = published;
    const { criteria } = definition;
    this.slug = published.slug;
    this.version = published.version;
    this.definition = definition;
    this.matchers = matchersOf(definition);
    this.value = 'value' in criteria ? Expression.compileStored(criteria.value, criteria.type === 'distinct' ? 'scalar' : 'number') : null;
    this.success = criteria.type === 'ratio' ? Expression.compileStored(criteria.success, 'bool') : null;
    // What a team unlocks pays nobody.
    const paid = (xpReward: number): number => (definition.scope === 'team' ? 0 : xpReward);
    this.levels = definition.levels?.map(({ name, threshold, xpReward }) => ({ name, threshold, xpReward: paid(xpReward) })) ?? [
      { name: '', threshold: criteria.threshold, xpReward: paid(definition.xpReward) },
    ];
    this.unit = calendarUnitOf(criteria);
    this.rolling = 'window' in criteria && criteria.window !== null && 'rolling' in criteria.window;
    this.once = definition.repeat === 'once';
    this.thresholdMin = this.levels[0]?.threshold ?? Number.POSITIVE_INFINITY;
    this.#emptyCounts = criterionFactory(criteria, this.levels.at(-1)?.threshold ?? 1);
    this.isDerived = criteria.type === 'xp' || criteria.type === 'achievements';
  }

  /** The neutral element of the criterion; null for a derived one. */
  emptyCounts(): CriterionState | null {
    return this.#emptyCounts();
  }
}

function calendarUnitOf(criteria: Criteria): CalendarUnit | null {
  const window = 'window' in criteria ? criteria.window : null;
  return window !== null && 'calendar' in window ? window.calendar : null;
}

function matchersOf({ criteria }: AchievementDefinition): Matcher[] {
  switch (criteria.type) {
    case 'checklist':
    case 'sequence':
      return criteria.steps.map((step) => compileMatcher(step, step.id));
    case 'manual':
      return criteria.on === null ? [] : [compileMatcher(criteria.on, '')];
    case 'xp':
    case 'achievements':
      return [];
    default:
      return [compileMatcher(criteria, '')];
  }
}

export function compileMatcher(matcher: EventMatcher, step: string): Matcher {
  return { events: matcher.event, where: matcher.where === null ? null : Expression.compileStored(matcher.where, 'bool'), step };
}
