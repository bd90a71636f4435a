import type { Criteria } from '../packs/pack.js';
import type { ByteReader } from '../state/byteReader.js';
import { StateFormatError } from '../state/stateFormatError.js';
import { ChecklistState } from './checklist.js';
import { CountState } from './count.js';
import type { CriterionKind, CriterionState } from './criterionState.js';
import { DistinctState } from './distinct.js';
import { LatestState } from './latest.js';
import { ManualState } from './manual.js';
import { MaxState } from './max.js';
import { StreakState } from './streak.js';
import { skipMask } from './streakCalendar.js';
import { SumState } from './sum.js';

/** The neutral state of a criterion. `thresholdMax` is the highest of its thresholds. null: it is measured from what the user holds. */
export function emptyCriterionState(criteria: Criteria, thresholdMax: number): CriterionState | null {
  switch (criteria.type) {
    case 'count':
      return new CountState();
    case 'sum':
      return new SumState();
    case 'max':
      return new MaxState();
    case 'latest':
      return new LatestState();
    case 'distinct':
      return new DistinctState(thresholdMax);
    case 'streak':
      return new StreakState({ every: criteria.every, skip: skipMask(criteria.skip), min: criteria.min, grace: criteria.grace });
    case 'checklist':
      return new ChecklistState();
    case 'manual':
      return ManualState.empty();
    case 'xp':
    case 'achievements':
      return null;
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
];

export function codeOfKind(kind: CriterionKind): number {
  return KINDS.findIndex((entry) => entry.kind === kind);
}

export function readCriterionState(code: number, reader: ByteReader): CriterionState {
  const entry = KINDS[code];
  if (entry === undefined) throw new StateFormatError('malformed', `the state holds a criterion of the unknown kind ${String(code)}`);
  return entry.read(reader);
}
