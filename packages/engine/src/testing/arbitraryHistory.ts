import fc from 'fast-check';
import type { EngineEvent } from '../engineEvent.js';
import { makeEvent } from './makeEvent.js';

export const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata', 'America/St_Johns'] as const;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FROM = Date.UTC(2025, 11, 1);
/** Behind the last event of every generated history. */
export const UNTIL = Date.UTC(2026, 3, 10);
const EVENTS_MAX = 60;

export const zones = fc.constantFrom(...ZONES);

/** Some close together, most of them anywhere in a winter with a new year, a leap of clocks and short months. */
const instants = fc.oneof(
  fc.integer({ min: FROM, max: UNTIL }),
  fc.integer({ min: 0, max: 20 }).map((hours) => FROM + 29 * DAY_MS + hours * HOUR_MS * 5),
  fc.integer({ min: 0, max: 300 }).map((minutes) => FROM + 70 * DAY_MS + minutes * 60_000),
);

interface Happening {
  type: string;
  at: number;
  properties: Record<string, unknown>;
}

const happenings: fc.Arbitrary<Happening> = fc.record({
  type: fc.constantFrom('build.done', 'build.done', 'build.failed', 'deploy.done'),
  at: instants,
  properties: fc.record({ n: fc.integer({ min: 0, max: 9 }), s: fc.constantFrom('a', 'b', 'c', 'd') }, { requiredKeys: ['n'] }),
});

/** What changes how a user is counted. They carry what other events do, so that they can count as well. */
const changes: fc.Arbitrary<Happening> = fc
  .tuple(
    fc.oneof(
      zones.map((timezone) => ({ type: 'profile.updated', timezone })),
      fc.constantFrom('free', 'basic', 'pro').map((tier) => ({ type: 'subscription.changed', tier })),
      fc.constant({ type: 'subscription.canceled' }),
      fc
        .tuple(fc.constantFrom('privacy.opted_in', 'privacy.opted_in', 'privacy.opted_out'), fc.constantFrom({}, { category: 'health' }))
        .map(([type, category]) => ({ type, ...category })),
    ),
    instants,
  )
  .map(([{ type, ...told }, at]) => ({ type, at, properties: { n: 1, s: 'a', ...told } }));

const inLog = (all: readonly Happening[]): EngineEvent[] => all.map((parts, i) => makeEvent({ ...parts, sequence: i + 1 }));

/** Events of one user as they stand in the log: in any order of time. */
export const histories: fc.Arbitrary<EngineEvent[]> = fc.array(happenings, { maxLength: EVENTS_MAX }).map(inLog);

/** The same with changes of zone, plan and consent on the way; half of them in order of time. */
export const eventfulHistories: fc.Arbitrary<EngineEvent[]> = fc
  .tuple(
    fc.array(fc.oneof({ weight: 9, arbitrary: happenings }, { weight: 1, arbitrary: changes }), { maxLength: EVENTS_MAX }),
    fc.boolean(),
  )
  .map(([all, isSorted]) => inLog(isSorted ? all.toSorted((a, b) => a.at - b.at) : all));
