import type { Finding } from './finding.js';
import type { WrittenEvent } from './writtenEvents.js';

/** Types and patterns of one token, which no event can have. */
export function impossibleEvents(written: readonly WrittenEvent[], index: number): Finding[] {
  const impossible = written.filter(({ event }) => event !== '>' && !event.includes('.'));
  return impossible.map(({ event, path }) => ({
    severity: 'error',
    pack: index,
    path,
    code: 'never_met',
    message:
      event === '*'
        ? 'no event matches *, which is a type of one token, and each has at least two: write > for all events'
        : `no event has the type ${event}, for each has at least two tokens: write ${event}.> for all that begin with it`,
  }));
}
