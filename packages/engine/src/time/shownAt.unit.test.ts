import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProgressItem, progressOf } from '../explain/progress.js';
import { fold } from '../fold.js';
import { decodeState, encodeState } from '../state/encodeState.js';
import { emptyState } from '../state/userState.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { periodOf, wallClock } from '../testing/naiveCalendar.js';
import { lapsedBetween } from './lapsedBetween.js';
import { lapsesAt } from './lapsesAt.js';
import { shownAt } from './shownAt.js';

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;
/** Nothing of it unlocks, so that what is shown is what is counted. */
const THRESHOLD = 1_000;
const WINDOWS = {
  day: { calendar: 'day' },
  week: { calendar: 'week' },
  month: { calendar: 'month' },
  'three-hours': { rolling: '3h' },
  'two-days': { rolling: '2d' },
  lifetime: null,
} as const;
type Slug = keyof typeof WINDOWS;
const ROLLING_MS: Partial<Record<Slug, number>> = { 'three-hours': 3 * 3_600_000, 'two-days': 2 * DAY_MS };

const minute = (instant: number): number => Math.floor(instant / MINUTE_MS);

/** What is to be shown, from the list of instants alone. */
function naiveValue(slug: Slug, of: { instants: readonly number[]; tick: number; timeZone: string }): number {
  const { instants, tick, timeZone } = of;
  const now = Math.max(tick, ...instants);
  const rollingMs = ROLLING_MS[slug];
  const window = WINDOWS[slug];
  const isShown = (instant: number): boolean => {
    if (rollingMs !== undefined) return minute(instant) > minute(now) - rollingMs / MINUTE_MS && minute(instant) <= minute(now);
    if (window === null || !('calendar' in window)) return true;
    return periodOf(window.calendar, wallClock(instant, timeZone)) === periodOf(window.calendar, wallClock(now, timeZone));
  };
  return instants.filter(isShown).length;
}

const someTick = (weeks: number) =>
  fc.integer({ min: -2 * 96, max: weeks * 7 * 96 }).map((quarters) => Math.floor(SUNDAY / QUARTER_MS + quarters) * QUARTER_MS);
const scene = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'America/Los_Angeles'),
  slugs: fc.subarray(Object.keys(WINDOWS) as Slug[], { minLength: 1 }),
  instants: fc.array(
    fc.oneof(fc.integer({ min: 0, max: 35 * DAY_MS }), fc.integer({ min: 0, max: 5 * 3_600_000 })).map((after) => SUNDAY + after),
    { maxLength: 30 },
  ),
  ticks: fc.tuple(someTick(8), someTick(8)),
});

function counted({ timeZone, slugs, instants }: { timeZone: string; slugs: readonly Slug[]; instants: readonly number[] }) {
  const catalogue = makeCatalogue(
    {
      achievements: slugs.map((slug) =>
        achievement(slug, {
          criteria: { type: 'count', event: 'build.succeeded', threshold: THRESHOLD, window: WINDOWS[slug] ?? 'lifetime' },
        }),
      ),
    },
    { settings: { timezone: timeZone } },
  );
  const state = emptyState();
  for (const [i, at] of instants.entries()) fold(catalogue, state, makeEvent({ at, sequence: i + 1 }));
  return { catalogue, state };
}

describe('what is shown at a tick', () => {
  // proves: time-is-in-the-log
  it('is what counting anew at that instant gives, and the same from a state that was read back', () => {
    fc.assert(
      fc.property(scene, ({ ticks: [tick], ...of }) => {
        const { catalogue, state } = counted(of);
        for (const shown of [state, decodeState(encodeState(state))]) {
          const now = shownAt(catalogue, shown, tick);
          for (const slug of of.slugs)
            expect([slug, progressOf(catalogue, shown, { slug, now })?.value]).toEqual([slug, naiveValue(slug, { ...of, tick })]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lapses between two ticks in those achievements of which another value is shown', () => {
    fc.assert(
      fc.property(scene, ({ ticks, ...of }) => {
        const [before, at] = [Math.min(...ticks), Math.max(...ticks)];
        const { catalogue, state } = counted(of);
        const value = (slug: Slug, tick: number) => naiveValue(slug, { ...of, tick });
        const expected = of.slugs.filter((slug) => value(slug, before) !== value(slug, at));
        expect(lapsedBetween(catalogue, state, { before, at }).sort()).toEqual([...expected].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('stays as it is until it lapses, in a calendar window', () => {
    fc.assert(
      fc.property(scene, ({ ticks: [tick], ...of }) => {
        const { catalogue, state } = counted(of);
        const at = shownAt(catalogue, state, tick);
        for (const slug of of.slugs) {
          const shown = (now: number): ProgressItem => progressOf(catalogue, state, { slug, now }) as ProgressItem;
          const until = lapsesAt(catalogue, state, { item: shown(at), at });
          if (slug === 'lifetime') expect(until).toBeNull();
          if (until === null || ROLLING_MS[slug] !== undefined) continue;
          expect(shown(until - 1)).toEqual(shown(at));
          expect(shown(until).period).not.toBe(shown(at).period);
          expect(until % QUARTER_MS).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of a rolling window is looked at again well before it is over, as long as there is something in it', () => {
    const { catalogue, state } = counted({ timeZone: 'UTC', slugs: ['two-days'], instants: [SUNDAY] });
    const until = (now: number) => {
      const item = progressOf(catalogue, state, { slug: 'two-days', now });
      return item === null ? null : lapsesAt(catalogue, state, { item, at: now });
    };
    expect(until(SUNDAY)).toBe(SUNDAY + 30 * MINUTE_MS);
    expect(until(SUNDAY + 2 * DAY_MS)).toBeNull();
  });
});
