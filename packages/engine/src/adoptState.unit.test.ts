import { describe, expect, test } from 'vitest';
import { progressOf } from './explain/progress.js';
import { fold } from './fold.js';
import { recheck } from './recheck.js';
import { emptyState } from './state/userState.js';
import { achievement, makeCatalogue } from './testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from './testing/makeEvent.js';

const at = { at: SUNDAY, cause: 'publication' };
const builds = (type: string) => ({ type, event: 'build.succeeded', ...(type === 'count' ? {} : { value: 'properties.n' }) });
const levelsOf = (...thresholds: number[]) => thresholds.map((threshold, i) => ({ name: `l${String(i)}`, threshold, xp_reward: 1 }));

/** What is shown after so many events under one version, a publication of the next, and one event more. */
function shownAfter(
  events: number,
  versions: [object, object],
): { published: number | undefined; later: number | undefined; given: string[] } {
  const [before, after] = versions.map((fields) => ({ achievements: [achievement('it', { ...fields })] }));
  const first = makeCatalogue(before ?? {});
  const second = makeCatalogue(after ?? {}, { onto: first, sequence: events + 1 });
  const state = emptyState();
  for (let n = 1; n <= events; n++) fold(first, state, makeEvent({ properties: { n }, sequence: n }));
  const given = recheck(second, state, at).unlocks.map(
    ({ level, causedBy, backfilled }) => `${String(level)} ${causedBy} ${String(backfilled)}`,
  );
  const shown = () => progressOf(second, state, { slug: 'it', now: SUNDAY })?.value;
  const published = shown();
  fold(second, state, makeEvent({ properties: { n: 100 }, sequence: events + 2 }));
  return { published, later: shown(), given };
}

describe('a version that continues', () => {
  test('goes on with what was counted, and unlocks what is met, put down to the publication', () => {
    const shown = shownAfter(3, [
      { criteria: { ...builds('count'), threshold: 5 } },
      { criteria: { ...builds('count') }, levels: levelsOf(2, 9), on_publish: 'continue' },
    ]);
    expect(shown).toEqual({ published: 3, later: 4, given: ['l0 publication true'] });
  });

  test('goes on from the value that completed the one before, where that is all there was to a count or a sum', () => {
    const versions = (type: string): [object, object] => [
      { criteria: builds(type), levels: levelsOf(2) },
      { criteria: builds(type), levels: levelsOf(2, 900), on_publish: 'continue' },
    ];
    // The third event came when nothing was counted any more.
    expect(shownAfter(3, versions('count'))).toEqual({ published: 2, later: 3, given: [] });
    expect(shownAfter(3, versions('sum'))).toEqual({ published: 3, later: 103, given: [] });
    expect(shownAfter(3, versions('distinct'))).toEqual({ published: 0, later: 1, given: [] });
  });

  test('begins with nothing where it counts something else', () => {
    const shown = shownAfter(3, [
      { criteria: { ...builds('count'), threshold: 5 } },
      { criteria: { ...builds('count'), threshold: 5, window: { calendar: 'month' } }, on_publish: 'continue' },
    ]);
    expect(shown).toEqual({ published: 0, later: 1, given: [] });
  });
});

test('a version that restarts begins with nothing, and gives again nothing that is held', () => {
  const shown = shownAfter(3, [
    { criteria: { ...builds('count'), threshold: 2 }, repeat: 'every_threshold' },
    { criteria: { ...builds('count'), threshold: 1 }, repeat: 'every_threshold', on_publish: 'restart' },
  ]);
  expect(shown).toEqual({ published: 0, later: 1, given: [] });
});
