import type { FuzzRandom } from './FuzzRandom.js';

const TYPES = ['build.succeeded', 'incident.resolved', 'review.comment.posted', 'profile.updated', 'subscription.changed'];
const USERS = 60;
const START_MS = Date.UTC(2026, 0, 1);
const SPAN_MS = 90 * 86_400_000;

/** An event as a producer would send it. */
export function validEvent(id: string, random: FuzzRandom): Record<string, unknown> {
  const isKeyed = random.chance(0.2);
  return {
    ...(isKeyed ? { idempotency_key: `key-${id}` } : {}),
    ...(isKeyed && random.chance(0.5) ? {} : { event_id: id }),
    type: random.pick(TYPES),
    actor: { user_id: `fuzz-${random.below(USERS)}`, ...(random.chance(0.3) ? { team_id: `team-${random.below(5)}` } : {}) },
    ...(random.chance(0.5) ? { source: { platform: 'ci', app: 'fuzz', ...(random.chance(0.3) ? { ref: `ref/${id}` } : {}) } } : {}),
    occurred_at: new Date(START_MS + random.below(SPAN_MS)).toISOString(),
    properties: { n: random.below(100), s: `s${random.below(50)}`, ok: random.chance(0.5), list: [1, 'a', null], deep: { a: { b: 1 } } },
  };
}

/** The same as a CloudEvent. */
export function asCloudEvent(event: Record<string, unknown>): Record<string, unknown> {
  const { actor, properties } = event as { actor: { user_id: string }; properties: unknown };
  return {
    specversion: '1.0',
    id: event['event_id'] ?? event['idempotency_key'],
    type: event['type'],
    source: 'fuzz',
    subject: actor.user_id,
    time: event['occurred_at'],
    datacontenttype: 'application/json',
    data: properties,
  };
}
