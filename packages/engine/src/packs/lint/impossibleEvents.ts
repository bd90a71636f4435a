import type { Finding } from './finding.js';
import type { WrittenEvent } from './writtenEvents.js';

/** What Cairn itself says, which is never taken for an event. */
const RESERVED_PREFIXES = ['achievement.', 'realtime.'] as const;

/** Types and patterns that no event can have. */
export function impossibleEvents(written: readonly WrittenEvent[], index: number): Finding[] {
  return written.flatMap(({ event, path }) => {
    const message = whyNone(event);
    return message === null ? [] : [{ severity: 'error', pack: index, path, code: 'never_met', message }];
  });
}

function whyNone(event: string): string | null {
  if (event === '>') return null;
  if (event === '*') return 'no event matches *, which is a type of one token, and each has at least two: write > for all events';
  if (!event.includes('.'))
    return `no event has the type ${event}, for each has at least two tokens: write ${event}.> for all that begin with it`;
  if (!RESERVED_PREFIXES.some((prefix) => event.startsWith(prefix))) return null;
  return `no event has the type ${event}: what begins so is what Cairn says itself. For what follows from unlocks write a criterion of the type achievements or xp`;
}
