import type { SeededRandom } from '@cairn/testing/random';

/** An event as a producer has it, and how it goes out. */
export interface Sending {
  over: 'http' | 'nats';
  wire: WireEvent;
}

export interface WireEvent {
  event_id: string;
  idempotency_key?: string;
  type: 'build.succeeded';
  actor: { user_id: string; team_id?: string };
  source?: { ref: string };
  occurred_at: string;
  properties: { colour: string };
  backfill?: boolean;
}

export const USERS = ['ada', 'bob', 'cyd', 'dan', 'eve'];
export const TEAMS = ['north', 'south'];
const COLOURS = ['red', 'green', 'blue', 'black'];
const BACKFILL_CHANCE = 0.2;
const START_MS = Date.UTC(2026, 4, 1);
/** In how many worlds two users may have events of one name: in those, who of them was the first is known to the live tables alone. */
const SHARED_NAMES_CHANCE = 0.3;

/** What producers send: most of it once, some of it again, some of it under a name that was used for something else. */
export function makeHistory(random: SeededRandom, events: number): Sending[] {
  const history: Sending[] = [];
  const mayShareNames = random.chance(SHARED_NAMES_CHANCE);
  for (let i = 0; i < events; i++) {
    const over = random.chance(0.7) ? 'http' : 'nats';
    const earlier = history.length > 0 ? random.pick(history).wire : undefined;
    const fate = random.next();
    if (earlier !== undefined && fate < 0.15) history.push({ over, wire: earlier });
    else if (earlier !== undefined && fate < 0.2)
      history.push({ over, wire: { ...earlier, properties: { colour: `not ${earlier.properties.colour}` } } });
    else if (earlier?.source !== undefined && fate < 0.25) history.push({ over, wire: { ...earlier, event_id: `e${i}` } });
    else if (earlier !== undefined && mayShareNames && fate < 0.29)
      history.push({ over, wire: { ...earlier, actor: { ...earlier.actor, user_id: random.pick(USERS) } } });
    else history.push({ over, wire: aNewEvent(random, i) });
  }
  return history;
}

function aNewEvent(random: SeededRandom, i: number): WireEvent {
  return {
    event_id: `e${i}`,
    ...(random.chance(0.3) ? { idempotency_key: `k${i}` } : {}),
    type: 'build.succeeded',
    actor: { user_id: random.pick(USERS), ...(random.chance(0.6) ? { team_id: random.pick(TEAMS) } : {}) },
    ...(random.chance(0.2) ? { source: { ref: `r${i}` } } : {}),
    occurred_at: new Date(START_MS + random.below(1_000_000) * 1_000).toISOString(),
    properties: { colour: random.pick(COLOURS) },
    ...(random.chance(BACKFILL_CHANCE) ? { backfill: true } : {}),
  };
}
