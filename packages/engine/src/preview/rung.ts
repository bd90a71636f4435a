import type { Rule, RuleLevel } from '../catalogue/rule.js';
import { BURST_EVENTS_MAX } from './limits.js';

/** What can be reached: an achievement of the draft, or one of its levels. */
export interface Rung {
  /** Its place among all of the draft. */
  readonly number: number;
  readonly rule: Rule;
  readonly level: RuleLevel;
  /** The successive events that would be a burst; null where a single event can bring it, or its value counts no events. */
  readonly burstEvents: number | null;
  /** Whether one user may get it several times on a day. */
  readonly mayRepeatDaily: boolean;
}

/** The rungs of the draft's achievements, in the order of the rules and their levels. */
export function rungsOf(rules: readonly Rule[]): Rung[] {
  return rules
    .flatMap((rule) => rule.levels.map((level) => ({ rule, level })))
    .map(({ rule, level }, number) => ({
      number,
      rule,
      level,
      burstEvents: burstEventsOf(rule, level),
      mayRepeatDaily: rule.definition.repeat === 'every_threshold',
    }));
}

/** Names a rung in a map: a slug holds no space, and neither is a level named twice. */
export function rungKey(slug: string, level: string | null): string {
  return `${slug} ${level ?? ''}`;
}

function burstEventsOf({ definition }: Rule, { threshold }: RuleLevel): number | null {
  const { type } = definition.criteria;
  return (type === 'count' || type === 'distinct') && threshold >= 2 ? Math.min(Math.ceil(threshold), BURST_EVENTS_MAX) : null;
}
