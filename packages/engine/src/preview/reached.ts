import type { Rule } from '../catalogue/rule.js';
import type { Crowd } from './crowd.js';
import type { Findings } from './findings.js';
import type { Rung } from './rung.js';
import type { RungTally } from './rungTally.js';

/** What a preview found out about one achievement. */
export interface Reached {
  rule: Rule;
  crowd: Crowd;
  rungs: readonly ReachedRung[];
  /** From the earliest event of each holder to the earliest unlock, in ms, ascending. */
  times: Float64Array;
}

export interface ReachedRung {
  rung: Rung;
  tally: RungTally;
  /** The same for this rung alone. */
  times: Float64Array;
}

export function reachedOf({ crowds, tallies }: Findings, rule: Rule): Reached {
  const { scope } = rule.definition;
  const crowd = crowds[scope];
  const rungs = crowd.rungs.filter((rung) => rung.rule === rule);
  const all: number[] = [];
  const each = rungs.map((): number[] => []);
  for (const { firstAt, firstUnlocks } of crowd.holders.values()) {
    let earliest = Number.POSITIVE_INFINITY;
    for (const [i, { number }] of rungs.entries()) {
      const at = firstUnlocks.get(number);
      if (at === undefined) continue;
      each[i]?.push(at - firstAt);
      earliest = Math.min(earliest, at);
    }
    if (earliest !== Number.POSITIVE_INFINITY) all.push(earliest - firstAt);
  }
  return {
    rule,
    crowd,
    rungs: rungs.map((rung, i) => ({ rung, tally: tallies[scope].rung(rung.number), times: ascending(each[i] ?? []) })),
    times: ascending(all),
  };
}

function ascending(times: readonly number[]): Float64Array {
  return Float64Array.from(times).sort();
}
