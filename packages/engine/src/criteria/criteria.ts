import type { Criteria, Window } from '../packs/pack.js';
import type { ByteReader } from '../state/byteReader.js';
import { StateFormatError } from '../state/stateFormatError.js';
import { spanMinutes } from '../windows/span.js';
import { ChecklistState } from './checklist.js';
import { CountState } from './count.js';
import type { CriterionKind, CriterionState } from './criterionState.js';
import { DistinctState } from './distinct.js';
import { LatestState } from './latest.js';
import { ManualState } from './manual.js';
import { MaxState } from './max.js';
import { RatioState } from './ratio.js';
import { RollingDistinct } from './rollingDistinct.js';
import { RollingTotal } from './rollingTotal.js';
import { SequenceState } from './sequence.js';
import { type StreakParameters, StreakState } from './streak.js';
import { skipMask } from './streakCalendar.js';
import { SumState } from './sum.js';

/**
 * Makes neutral states of a criterion. `thresholdMax` is the highest of its thresholds. They are null where it is measured from
 * what the user holds.
 */
export function criterionFactory(criteria: Criteria, thresholdMax: number): () => CriterionState | null {
  const windowMinutes = 'window' in criteria ? rollingMinutes(criteria.window) : null;
  if (windowMinutes !== null) return () => emptyRollingState(criteria, { windowMinutes, threshold: thresholdMax });
  switch (criteria.type) {
    case 'count':
      return () => new CountState();
    case 'sum':
      return () => new SumState();
    case 'max':
      return () => new MaxState();
    case 'latest':
      return () => new LatestState();
    case 'distinct':
      return () => new DistinctState(thresholdMax);
    case 'streak':
      return streaks({ every: criteria.every, skip: skipMask(criteria.skip), min: criteria.min, grace: criteria.grace });
    case 'checklist':
      return () => new ChecklistState();
    case 'sequence':
      return () =>
        new SequenceState({
          steps: criteria.steps.map(({ id }) => id),
          withinMinutes: criteria.within === null ? null : spanMinutes(criteria.within),
        });
    case 'ratio':
      return () => new RatioState(criteria.min);
    case 'manual':
      return () => ManualState.empty();
    case 'xp':
    case 'achievements':
      return () => null;
  }
}

/** All streaks of a rule share what they are judged by. */
function streaks(parameters: StreakParameters): () => CriterionState {
  return () => new StreakState(parameters);
}

/** The minutes of a rolling window; null where it does not roll. */
function rollingMinutes(window: Window): number | null {
  return window !== null && 'rolling' in window ? spanMinutes(window.rolling) : null;
}

function emptyRollingState({ type }: Criteria, of: { windowMinutes: number; threshold: number }): CriterionState {
  switch (type) {
    case 'count':
    case 'sum':
      return new RollingTotal(`rolling_${type}`, of.windowMinutes);
    case 'distinct':
    case 'checklist':
      return new RollingDistinct(`rolling_${type}`, of);
    default:
      throw new RangeError(`${type} has no rolling window`);
  }
}

/** The codes of the kinds in an encoded state. They never change their meaning; new ones go to the end. */
const KINDS: readonly { kind: CriterionKind; read: (reader: ByteReader) => CriterionState }[] = [
  { kind: 'count', read: (reader) => CountState.read(reader) },
  { kind: 'sum', read: (reader) => SumState.read(reader) },
  { kind: 'max', read: (reader) => MaxState.read(reader) },
  { kind: 'latest', read: (reader) => LatestState.read(reader) },
  { kind: 'distinct', read: (reader) => DistinctState.read(reader) },
  { kind: 'streak', read: (reader) => StreakState.read(reader) },
  { kind: 'checklist', read: (reader) => ChecklistState.read(reader) },
  { kind: 'manual', read: (reader) => ManualState.read(reader) },
  { kind: 'sequence', read: (reader) => SequenceState.read(reader) },
  { kind: 'ratio', read: (reader) => RatioState.read(reader) },
  { kind: 'rolling_count', read: (reader) => RollingTotal.read('rolling_count', reader) },
  { kind: 'rolling_sum', read: (reader) => RollingTotal.read('rolling_sum', reader) },
  { kind: 'rolling_distinct', read: (reader) => RollingDistinct.read('rolling_distinct', reader) },
  { kind: 'rolling_checklist', read: (reader) => RollingDistinct.read('rolling_checklist', reader) },
];

const CODES = Object.fromEntries(KINDS.map(({ kind }, code) => [kind, code])) as Readonly<Record<CriterionKind, number>>;

export function codeOfKind(kind: CriterionKind): number {
  return CODES[kind];
}

export function readCriterionState(code: number, reader: ByteReader): CriterionState {
  const entry = KINDS[code];
  if (entry === undefined) throw new StateFormatError('malformed', `the state holds a criterion of the unknown kind ${String(code)}`);
  return entry.read(reader);
}
