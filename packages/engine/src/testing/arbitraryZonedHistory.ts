import fc from 'fast-check';
import moment from 'moment-timezone';
import type { EngineEvent } from '../engineEvent.js';
import { makeEvent } from './makeEvent.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_FIRST = 2006;
const YEAR_LAST = 2024;
const EVENTS_MAX = 25;
/** On both sides of the date line, with odd offsets, or with a day that never was. */
const ODD_ZONES = ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Pacific/Apia', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Sao_Paulo'];

/** What both the data of the engine and the host, which the naive implementation asks, know. */
const names = moment.tz.names().filter((name) => isKnownToHost(name));

function isKnownToHost(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const anyZone = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.constantFrom(...ODD_ZONES) });

/** When the clocks of a zone were changed. */
function switchesOf(name: string): number[] {
  const { untils = [] } = moment.tz.zone(name) ?? {};
  return untils.filter((until) => until > Date.UTC(YEAR_FIRST, 0, 1) && until < Date.UTC(YEAR_LAST, 11, 1));
}

/** Midnights of a zone at which a year, an ISO week at its turn, a leap day, a quarter or a month begins or ends. */
function turnsOf(name: string): fc.Arbitrary<number> {
  return fc
    .tuple(
      fc.integer({ min: YEAR_FIRST, max: YEAR_LAST }),
      fc.constantFrom<[number, number]>([0, 1], [0, 4], [11, 29], [1, 29], [2, 1], [3, 1], [6, 1], [9, 1], [4, 31]),
    )
    .map(([year, [month, day]]) => {
      const midnight = Date.UTC(year, month, day);
      return midnight + (moment.tz.zone(name)?.utcOffset(midnight) ?? 0) * MINUTE_MS;
    });
}

function instantsIn(name: string): fc.Arbitrary<number> {
  const switches = switchesOf(name);
  const turns = turnsOf(name);
  const points = switches.length === 0 ? turns : fc.oneof(turns, fc.constantFrom(...switches));
  const near = fc.oneof(
    fc.integer({ min: -90, max: 90 }).map((minutes) => minutes * MINUTE_MS),
    fc.integer({ min: -72, max: 72 }).map((hours) => hours * HOUR_MS),
    fc.constantFrom(-1, 0, 1),
  );
  // Few points and many events about them, so that days, weeks and streaks have something in them.
  return fc
    .uniqueArray(points, { minLength: 1, maxLength: 3 })
    .chain((few) => fc.tuple(fc.constantFrom(...few), near).map(([at, by]) => at + by));
}

function eventsIn(name: string): fc.Arbitrary<EngineEvent[]> {
  const happening = fc.record({
    type: fc.constantFrom('build.done', 'build.done', 'build.failed', 'deploy.done'),
    properties: fc.record({ n: fc.integer({ min: 0, max: 9 }), s: fc.constantFrom('a', 'b', 'c', 'd') }),
  });
  const move = fc
    .oneof(anyZone, fc.constantFrom(...ODD_ZONES))
    .map((timezone) => ({ type: 'profile.updated', properties: { n: 1, s: 'a', timezone } }));
  const events = fc.oneof({ weight: 9, arbitrary: happening }, { weight: 1, arbitrary: move });
  return instantsIn(name).chain((first) =>
    fc
      .array(
        fc.tuple(
          events,
          fc.oneof(
            instantsIn(name),
            fc.integer({ min: -40, max: 40 }).map((hours) => first + hours * HOUR_MS),
          ),
        ),
        { maxLength: EVENTS_MAX },
      )
      .map((all) => all.map(([parts, at], i) => makeEvent({ ...parts, at, sequence: i + 1 }))),
  );
}

/** The zone of a tenant and a history about the moments at which calendars are hard: switches of the clock, turns of years, leap days, the date line. */
export const zonedHistories: fc.Arbitrary<{ zone: string; events: EngineEvent[] }> = anyZone.chain((zone) =>
  eventsIn(zone).map((events) => ({ zone, events })),
);
