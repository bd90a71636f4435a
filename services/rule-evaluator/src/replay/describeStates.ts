import { isDeepStrictEqual } from 'node:util';
import { decodeState, decodeTeamState, StateFormatError, type UserState } from '@cairn/engine';
import type { RowAsJson } from '@cairn/store';
import type { Difference } from './ReplayReport.js';

/** As `users.kind` has it. */
const TEAM_KIND = 1;
const HEX_PREFIX = '\\x';

/** Where two packed states differ: XP, plan, zone, and the slugs of achievements and rules. */
export function describeStates(live: RowAsJson, rebuilt: RowAsJson): Difference['columns'] {
  const [before, after] = [readState(live), readState(rebuilt)];
  if (typeof before === 'string' || typeof after === 'string')
    return { state: { live: typeof before === 'string' ? before : 'readable', rebuilt: typeof after === 'string' ? after : 'readable' } };
  const columns: Difference['columns'] = {};
  for (const name of ['xp', 'tier', 'zone'] as const)
    if (before[name] !== after[name]) columns[name] = { live: before[name], rebuilt: after[name] };
  const slugs = differing(before.achievements, after.achievements);
  if (slugs.length > 0) columns['achievements'] = { live: slugs, rebuilt: slugs };
  const rules = differing(before.earnings, after.earnings);
  if (rules.length > 0) columns['xp_rules'] = { live: rules, rebuilt: rules };
  // Consent, or what tells nothing but in the bytes.
  return Object.keys(columns).length > 0 ? columns : { state: { live: live['state'], rebuilt: rebuilt['state'] } };
}

function readState(row: RowAsJson): UserState | string {
  const bytes = Buffer.from(String(row['state']).slice(HEX_PREFIX.length), 'hex');
  try {
    return row['kind'] === TEAM_KIND ? decodeTeamState(bytes) : decodeState(bytes);
  } catch (error) {
    if (!(error instanceof StateFormatError)) throw error;
    return `unreadable: ${error.message}`;
  }
}

function differing<Of>(before: ReadonlyMap<string, Of>, after: ReadonlyMap<string, Of>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => !isDeepStrictEqual(before.get(name), after.get(name))).sort();
}
