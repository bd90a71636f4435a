import { isDeepStrictEqual } from 'node:util';
import type { ComparedTable, RowAsJson, RowDifference } from '@cairn/store';
import { describeStates } from './describeStates.js';
import type { Difference } from './ReplayReport.js';

/** A row of a table, told by its key and by what differs. */
export function describeDifference(table: ComparedTable, { live, rebuilt }: RowDifference): Difference {
  const known: RowAsJson = live ?? rebuilt ?? {};
  const row = Object.fromEntries(keyOf(table, known).map((column) => [column, known[column]]));
  if (live === null) return { row, kind: 'missing', columns: {} };
  if (rebuilt === null) return { row, kind: 'unfounded', columns: {} };
  if (table.name === 'user_state') return { row, kind: 'changed', columns: describeStates(live, rebuilt) };
  const changed = Object.keys(rebuilt).filter((column) => !isDeepStrictEqual(live[column], rebuilt[column]));
  return { row, kind: 'changed', columns: Object.fromEntries(changed.map((at) => [at, { live: live[at], rebuilt: rebuilt[at] }])) };
}

/** A hash says nothing to a person: the event id comes with it. */
function keyOf(table: ComparedTable, row: RowAsJson): string[] {
  const key = ['tenant_id', ...table.key];
  return 'event_id' in row ? [...key, 'event_id', 'user_id'] : key;
}
