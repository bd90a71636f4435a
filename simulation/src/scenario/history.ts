import type { SeededRandom } from '@cairn/testing/random';

/** An event as a producer has it, and how it goes out. */
export interface Sending {
  over: 'http' | 'nats';
  wire: WireEvent;
}

export interface WireEvent {
  event_id: string;
  idempotency_key?: string;
  type: 'build.succeeded' | 'privacy.opted_in' | 'privacy.opted_out';
  actor: { user_id: string; team_id?: string };
  source?: { ref: string };
  occurred_at: string;
  /** Of a build its colour; of a choice what it is about, or nothing for everything. */
  properties: { colour?: string; category?: string };
  backfill?: boolean;
}

/** Who a history is about, and what else they do than to act. */
export interface Cast {
  /** They choose what counts of what they do. */
  mayChoose: boolean;
  /** Who never acts for a team. */
  loners: ReadonlySet<string>;
}

export const USERS = ['ada', 'bob', 'cyd', 'dan', 'eve'];
export const TEAMS = ['north', 'south'];
const COLOURS = ['red', 'green', 'blue', 'black'];
const CATEGORIES = ['simulation', 'private'];
const CHOICE_CHANCE = 0.2;
const BACKFILL_CHANCE = 0.2;
const START_MS = Date.UTC(2026, 4, 1);
/** In how many worlds two users may have events of one name: in those, who of them was the first is known to the live tables alone. */
const SHARED_NAMES_CHANCE = 0.3;

/** What producers send: most of it once, some of it again, some of it under a name that was used for something else. */
export function makeHistory(random: SeededRandom, { events, cast }: { events: number; cast: Cast }): Sending[] {
  const history: Sending[] = [];
  const mayShareNames = random.chance(SHARED_NAMES_CHANCE);
  for (let i = 0; i < events; i++) {
    const over = random.chance(0.7) ? 'http' : 'nats';
    const earlier = history.length > 0 ? random.pick(history).wire : undefined;
    const fate = random.next();
    if (earlier !== undefined && fate < 0.15) history.push({ over, wire: earlier });
    else if (earlier?.properties.colour !== undefined && fate < 0.2)
      history.push({ over, wire: { ...earlier, properties: { colour: `not ${earlier.properties.colour}` } } });
    else if (earlier?.source !== undefined && fate < 0.25) history.push({ over, wire: { ...earlier, event_id: `e${i}` } });
    else if (earlier !== undefined && mayShareNames && fate < 0.29)
      history.push({ over, wire: { ...earlier, actor: anActor(random, cast) } });
    else if (cast.mayChoose && random.chance(CHOICE_CHANCE)) history.push({ over, wire: aChoice(random, { i, cast }) });
    else history.push({ over, wire: anEvent(random, { i, cast }) });
  }
  return history;
}

function anEvent(random: SeededRandom, { i, cast }: { i: number; cast: Cast }): WireEvent {
  return {
    ...anEnvelope(random, { i, cast }),
    type: 'build.succeeded',
    ...(random.chance(0.2) ? { source: { ref: `r${i}` } } : {}),
    properties: { colour: random.pick(COLOURS) },
  };
}

function aChoice(random: SeededRandom, of: { i: number; cast: Cast }): WireEvent {
  return {
    ...anEnvelope(random, of),
    type: random.chance(0.5) ? 'privacy.opted_out' : 'privacy.opted_in',
    properties: random.chance(0.4) ? {} : { category: random.pick(CATEGORIES) },
  };
}

function anEnvelope(random: SeededRandom, { i, cast }: { i: number; cast: Cast }) {
  return {
    event_id: `e${i}`,
    ...(random.chance(0.3) ? { idempotency_key: `k${i}` } : {}),
    actor: anActor(random, cast),
    occurred_at: new Date(START_MS + random.below(1_000_000) * 1_000).toISOString(),
    ...(random.chance(BACKFILL_CHANCE) ? { backfill: true } : {}),
  };
}

function anActor(random: SeededRandom, { loners }: Cast): WireEvent['actor'] {
  const userId = random.pick(USERS);
  return { user_id: userId, ...(!loners.has(userId) && random.chance(0.6) ? { team_id: random.pick(TEAMS) } : {}) };
}
