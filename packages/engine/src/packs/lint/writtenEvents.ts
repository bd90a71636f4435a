import type { Criteria, EventMatcher, Pack } from '../pack.js';

/** An event type or a pattern, and where in the pack it stands. */
export interface WrittenEvent {
  event: string;
  path: string;
}

/** Every event type and pattern that a pack names. */
export function writtenEvents(pack: Pack): WrittenEvent[] {
  const matchers = [
    ...pack.achievements.flatMap(({ criteria }, i) => matchersOf(criteria, `achievements[${String(i)}].criteria`)),
    ...pack.xpRules.map((matcher, i) => ({ matcher, path: `xp_rules[${String(i)}]` })),
  ];
  return matchers.flatMap(({ matcher, path }) =>
    matcher.event.map((event, i) => ({ event, path: matcher.event.length === 1 ? `${path}.event` : `${path}.event[${String(i)}]` })),
  );
}

function matchersOf(criteria: Criteria, path: string): { matcher: EventMatcher; path: string }[] {
  if ('steps' in criteria) return criteria.steps.map((matcher, i) => ({ matcher, path: `${path}.steps[${String(i)}]` }));
  if ('event' in criteria) return [{ matcher: criteria, path }];
  return criteria.type === 'manual' && criteria.on !== null ? [{ matcher: criteria.on, path: `${path}.on` }] : [];
}
