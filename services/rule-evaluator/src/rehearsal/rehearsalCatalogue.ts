import { Catalogue, parsePack } from '@cairn/engine';

/** Of the events of a rehearsal. */
export const REHEARSAL_TYPES = ['rehearsal.alpha', 'rehearsal.beta', 'rehearsal.gamma'] as const;
const [ALPHA, BETA, GAMMA] = REHEARSAL_TYPES;

/** One of each kind of criteria that is common, so that an event matches about as many as in an install that is in use. */
const ACHIEVEMENTS = [
  {
    slug: 'counts',
    criteria: { type: 'count', event: ALPHA },
    levels: [
      { name: 'some', threshold: 10, xp_reward: 10 },
      { name: 'many', threshold: 1_000_000, xp_reward: 20 },
    ],
  },
  { slug: 'counts-where', criteria: { type: 'count', event: ALPHA, where: 'properties.size < 60', threshold: 1_000_000 } },
  {
    slug: 'counts-monthly',
    criteria: { type: 'count', event: ALPHA, threshold: 5, window: { calendar: 'month' } },
    repeat: 'each_period',
  },
  { slug: 'daily', criteria: { type: 'streak', event: ALPHA, every: 'day', threshold: 300 } },
  { slug: 'again-and-again', criteria: { type: 'count', event: BETA, threshold: 2 }, repeat: 'every_threshold' },
  { slug: 'sums', criteria: { type: 'sum', event: BETA, value: 'properties.size', threshold: 1e9 } },
  { slug: 'differs', criteria: { type: 'distinct', event: BETA, value: 'properties.name', threshold: 1_000 } },
  { slug: 'greatest', criteria: { type: 'max', event: GAMMA, value: 'properties.size', threshold: 1e9 } },
  { slug: 'rolling', criteria: { type: 'count', event: GAMMA, threshold: 1_000_000, window: { rolling: '7d' } } },
];

/** As if it had been published before anything else. */
export function rehearsalCatalogue(): Catalogue {
  const achievements = ACHIEVEMENTS.map((achievement) => ({
    name: achievement.slug,
    reason: 'To have something to count.',
    ...('levels' in achievement ? {} : { xp_reward: 10 }),
    ...achievement,
  }));
  const pack = parsePack({ pack: 'rehearsal', achievements });
  if (!pack.ok) throw new Error(`the pack of rehearsals is not valid: ${JSON.stringify(pack.issues)}`);
  const empty = Catalogue.empty();
  let key = 0;
  const plan = empty.planPublish(pack.value, () => 1);
  return empty.publish(pack.value, plan, { sequence: 0, publishedAt: 0, keyOf: () => ++key });
}
