import { isPattern, matchesPattern } from '../../catalogue/eventPattern.js';
import { nearestName } from '../nearestName.js';
import type { Finding } from './finding.js';
import type { WrittenEvent } from './writtenEvents.js';

/** What stands before the type in the subject that producers publish to. */
const SUBJECT_PREFIX = 'events.';

/** Types and patterns that no event was ever sent of: a slip of the pen, or producers that are still to come. */
export function unseenEvents(written: readonly WrittenEvent[], index: number, seen: readonly string[] | null): Finding[] {
  if (seen === null) return [];
  const unseen = written.filter(({ event }) => !seen.some((type) => matchesPattern(event, type)));
  return unseen.map(({ event, path }) => {
    const nearest = isPattern(event) ? null : (withoutPrefix(event, seen) ?? nearestName(event, seen));
    const instead = nearest === null ? '' : `; did you mean ${nearest}?`;
    const what = isPattern(event) ? `matches ${event} so far` : `of the type ${event} was ever sent`;
    return { severity: 'warning', pack: index, path, code: 'unseen_event_type', message: `no event ${what}${instead}` };
  });
}

function withoutPrefix(event: string, seen: readonly string[]): string | null {
  const type = event.startsWith(SUBJECT_PREFIX) ? event.slice(SUBJECT_PREFIX.length) : null;
  return type !== null && seen.includes(type) ? type : null;
}
