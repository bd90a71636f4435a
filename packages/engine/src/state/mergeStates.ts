import { absorbState } from './absorbState.js';
import { decodeState, encodeState } from './encodeState.js';
import type { UserState } from './userState.js';

/** The counts of two states together, as `absorbState` says it; neither is changed. Unlocks and XP are those of `a`. */
export function mergeStates(a: UserState, b: UserState): UserState {
  const merged = decodeState(encodeState(a));
  absorbState(merged, decodeState(encodeState(b)));
  return merged;
}
