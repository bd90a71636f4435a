import { isPattern, matchesPattern } from '../../catalogue/eventPattern.js';
import { nearestName } from '../nearestName.js';
import type { Criteria, EventMatcher, Pack } from '../pack.js';
import type { Finding } from './finding.js';

/** Types and patterns that no event was ever sent of: a slip of the pen, or producers that are still to come. */
export function unseenEvents(pack: Pack, index: number, seen: readonly string[] | null): Finding[] {
  if (seen === null) return [];
  const matchers = [
    ...pack.achievements.flatMap(({ criteria }, i) => matchersOf(criteria, `achievements[${String(i)}].criteria`)),
    ...pack.xpRules.map((matcher, i) => ({ matcher, path: `xp_rules[${String(i)}]` })),
  ];
  return matchers.flatMap(({ matcher, path }) =>
    matcher.event.flatMap((event, i): Finding[] => {
      if (seen.some((type) => matchesPattern(event, type))) return [];
      const nearest = isPattern(event) ? null : nearestName(event, seen);
      const instead = nearest === null ? '' : `; did you mean ${nearest}?`;
      const what = isPattern(event) ? `matches ${event}` : `of the type ${event} was ever sent`;
      const message = `no event ${what}${isPattern(event) ? ' so far' : ''}${instead}`;
      return [
        {
          severity: 'warning',
          pack: index,
          path: matcher.event.length === 1 ? `${path}.event` : `${path}.event[${String(i)}]`,
          code: 'unseen_event_type',
          message,
        },
      ];
    }),
  );
}

function matchersOf(criteria: Criteria, path: string): { matcher: EventMatcher; path: string }[] {
  if ('steps' in criteria) return criteria.steps.map((matcher, i) => ({ matcher, path: `${path}.steps[${String(i)}]` }));
  if ('event' in criteria) return [{ matcher: criteria, path }];
  return criteria.type === 'manual' && criteria.on !== null ? [{ matcher: criteria.on, path: `${path}.on` }] : [];
}
