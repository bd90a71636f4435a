import type { ControlBody } from '@cairn/contracts';
import type { SeededRandom } from '@cairn/testing/random';
import { type Sending, TEAMS, USERS } from './history.js';
import type { Order } from './Operator.js';
import { packAt } from './pack.js';
import { RULES } from './rules.js';

const PUBLICATION_CHANCE = 0.6;
/** As long as producers send. */
const ORDER_MS_MAX = 20_000;
const CORRECTIONS_MAX = 12;
const RETRACTION_CHANCE = 0.5;
const MULTIPLES_MAX = 6;
const reason = 'it was a mistake';

/** What people do to the users themselves. */
export interface Fates {
  merges: readonly { from: string; into: string }[];
  /** By one of their names. */
  erased: readonly string[];
  /** Whether what counted may be counted anew, from the history. */
  areRecounted: boolean;
}

/** What people do meanwhile: perhaps they publish what came later, and they correct this and that. */
export function makeOrders(random: SeededRandom, of: { history: readonly Sending[]; fates: Fates }): Order[] {
  const { merges, erased, areRecounted } = of.fates;
  const bodies: ControlBody[] = Array.from({ length: random.below(CORRECTIONS_MAX + 1) }, () =>
    random.chance(RETRACTION_CHANCE) && areRecounted ? aRetraction(random, of.history) : aChangeByHand(random),
  );
  if (random.chance(PUBLICATION_CHANCE) && areRecounted) bodies.push({ kind: 'pack_published', ...packAt('later') });
  for (const merge of merges) bodies.push({ kind: 'users_merged', ...merge, reason });
  for (const name of erased) bodies.push({ kind: 'user_erased', userIds: [name] });
  return bodies.map((body) => ({ afterMs: random.between(0, ORDER_MS_MAX), body }));
}

/** Mostly of an event that there is, or will be, and by its own user. */
function aRetraction(random: SeededRandom, history: readonly Sending[]): ControlBody {
  const { event_id: eventId, actor } = random.pick(history).wire;
  return {
    kind: 'event_retracted',
    eventId: random.chance(0.05) ? 'unheard-of' : eventId,
    userId: random.chance(0.05) ? random.pick(USERS) : actor.user_id,
    reason,
  };
}

function aChangeByHand(random: SeededRandom): ControlBody {
  const { slug, scope, measure } = random.pick(RULES);
  const period = measure.kind === 'multiples' ? `#${1 + random.below(MULTIPLES_MAX)}` : null;
  const isGrant = random.chance(0.5);
  const target = { slug, level: null, period, reason };
  return scope === 'user'
    ? { kind: isGrant ? 'unlock_granted' : 'unlock_revoked', userId: random.pick(USERS), ...target }
    : { kind: isGrant ? 'team_unlock_granted' : 'team_unlock_revoked', teamId: random.pick(TEAMS), ...target };
}
