import type { TenantSettings } from './catalogue/tenantSettings.js';
import type { ProgressItem } from './explain/progress.js';
import { parseInstant } from './expressions/parseInstant.js';
import type { Pack } from './packs/pack.js';
import { Rehearsal } from './rehearsal.js';

/** An event as the author of a rule thinks of it. What is left out follows from its place in the list. */
export interface SpecifiedEvent {
  type: string;
  /** RFC 3339, e.g. `2026-04-12T10:15:00Z`; an hour after the event before it where left out. */
  at?: string;
  properties?: Record<string, unknown>;
}

/** What came of the events of `when`. */
export interface SpecifiedOutcome {
  /** `slug`, `slug:level`, `slug@period` or `slug:level@period`, in the order that they unlocked. */
  unlocks: string[];
  xp: number;
  progress: ProgressItem[];
  evaluationFailures: number;
}

const HOUR_MS = 3_600_000;
/** When the first event happens that does not say so. */
export const FIRST_AT_MS = Date.UTC(2026, 0, 1, 12);
const USER = 'someone';

/** Given the achievements of a pack, and what happened before, when this happens, then look at what comes of it. */
export function specification(
  pack: Pack,
  settings: Partial<TenantSettings> = {},
): { given(...events: SpecifiedEvent[]): { when(...events: SpecifiedEvent[]): SpecifiedOutcome } } {
  return { given: (...before) => ({ when: (...events) => outcome(new Rehearsal(pack, settings), before, events) }) };
}

function outcome(rehearsal: Rehearsal, before: readonly SpecifiedEvent[], events: readonly SpecifiedEvent[]): SpecifiedOutcome {
  const unlocks: string[] = [];
  let evaluationFailures = 0;
  let at = FIRST_AT_MS - HOUR_MS;
  for (const [i, specified] of [...before, ...events].entries()) {
    at = specified.at === undefined ? at + HOUR_MS : instantOf(specified.at);
    const { type, properties = {} } = specified;
    const taken = rehearsal.take({ type, at, userId: USER, teamId: null, properties, source: {} });
    if (i < before.length) continue;
    unlocks.push(...taken.unlocks.map(({ key }) => key));
    evaluationFailures += taken.evaluationFailures;
  }
  return { unlocks, xp: rehearsal.xpOf(USER), progress: rehearsal.progressOf({ scope: 'user', id: USER }, at), evaluationFailures };
}

/** @throws RangeError where the author wrote no instant. */
function instantOf(text: string): number {
  const instant = parseInstant(text);
  if (instant === null) throw new RangeError(`${text} is no instant: write it as 2026-04-12T10:15:00Z`);
  return instant;
}
