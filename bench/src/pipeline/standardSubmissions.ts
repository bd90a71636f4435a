import type { EngineEvent } from '@cairn/engine';
import { SeededRandom } from '@cairn/testing/random';
import { StandardEvents } from '../engine/standardEvents.js';

export const STANDARD_EVENTS = 200_000;
export const STANDARD_USERS = 5_000;
export const STANDARD_DUPLICATES = 0.1;

const EVENTS_A_DRAW = 1_000;
const SEED = 7;

/** An event as a producer sends it. */
export interface Submission {
  event_id: string;
  type: string;
  actor: { user_id: string };
  source: { platform: 'ci'; app: string };
  occurred_at: string;
  properties: unknown;
}

export interface StandardSubmissions {
  /** In the order that they are sent. */
  submissions: Submission[];
  /** How many of them are not duplicates of one before. */
  distinct: number;
}

export interface StandardWork {
  events?: number;
  users?: number;
  /** Keeps events and users apart from those of other series on the same servers. */
  series?: string;
}

/** The standard work as it is sent: a tenth repeats an event that was sent before, any of them, and a twentieth comes late. */
export function standardSubmissions(of: StandardWork = {}): StandardSubmissions {
  const { events = STANDARD_EVENTS, users = STANDARD_USERS, series } = of;
  const prefix = series === undefined ? '' : `${series}-`;
  const random = new SeededRandom(SEED);
  const source = new StandardEvents(events, users);
  const submissions: Submission[] = [];
  let fresh: Submission[] = [];
  let distinct = 0;
  while (submissions.length < events) {
    const earlier = random.next() < STANDARD_DUPLICATES ? submissions[Math.floor(random.next() * submissions.length)] : undefined;
    if (earlier !== undefined) {
      submissions.push(earlier);
      continue;
    }
    if (fresh.length === 0)
      fresh = source
        .next(EVENTS_A_DRAW)
        .map(({ event }) => toSubmission(event, prefix))
        .reverse();
    const next = fresh.pop();
    if (next === undefined) break;
    submissions.push(next);
    distinct++;
  }
  return { submissions, distinct };
}

/** As its producer sends it; the prefix keeps its event and its user apart from others. */
export function toSubmission(event: EngineEvent, prefix = ''): Submission {
  return {
    event_id: `${prefix}${event.eventId}`,
    type: event.type,
    actor: { user_id: `${prefix}${event.userId}` },
    source: { platform: 'ci', app: 'bench' },
    occurred_at: new Date(event.occurredAt).toISOString(),
    properties: JSON.parse(event.propertiesJson),
  };
}
