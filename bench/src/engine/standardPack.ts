type Json = Record<string, unknown>;

/** Types of the standard work's events, by how often they come, and how many of the twenty achievements each of them matches. */
export const EVENT_TYPES = [
  { type: 'build.succeeded', weight: 30 },
  { type: 'commit.authored', weight: 18 },
  { type: 'review.submitted', weight: 22 },
  { type: 'deploy.completed', weight: 16 },
  { type: 'incident.resolved', weight: 14 },
] as const;

const item = (slug: string, criteria: Json, fields: Json = {}): Json => ({
  slug,
  name: slug,
  reason: 'To have something to count.',
  ...('levels' in fields ? {} : { xp_reward: 10 }),
  criteria,
  ...fields,
});

/** No more than a pack may hold. */
const ACHIEVEMENTS_A_PACK = 500;

const LEVELS = [
  { name: 'bronze', threshold: 10, xp_reward: 10 },
  { name: 'silver', threshold: 1_000, xp_reward: 20 },
  { name: 'gold', threshold: 100_000, xp_reward: 30 },
];

/**
 * Twenty achievements of mixed kinds, of which an event matches three on average. Most are far from done, as those that
 * are done cost nothing any more.
 */
const TWENTY: readonly Json[] = [
  item('builder', { type: 'count', event: 'build.succeeded' }, { levels: LEVELS }),
  item('quick-builder', { type: 'count', event: 'build.succeeded', where: 'properties.seconds < 60', threshold: 100_000 }),
  item('daily-builder', { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 300 }),
  item(
    'builder-of-the-month',
    { type: 'count', event: 'build.succeeded', threshold: 500, window: { calendar: 'month' } },
    { repeat: 'each_period' },
  ),
  item('author', { type: 'count', event: 'commit.authored', threshold: 500 }, { repeat: 'every_threshold' }),
  item('line-counter', { type: 'sum', event: 'commit.authored', value: 'properties.insertions', threshold: 1e9 }),
  item('polyglot', { type: 'distinct', event: 'commit.authored', value: 'properties.repo', threshold: 500 }),
  item('large-commit', {
    type: 'max',
    event: 'commit.authored',
    where: '!properties.merge',
    value: 'properties.insertions',
    threshold: 1e6,
  }),
  item('weekly-author', { type: 'streak', event: 'commit.authored', every: 'week', min: 3, grace: 1, threshold: 60 }),
  item('reviewer', { type: 'count', event: 'review.submitted', where: 'properties.verdict == "approved"', threshold: 100_000 }),
  item('helpful-reviewer', {
    type: 'sum',
    event: 'review.submitted',
    value: 'properties.comments',
    threshold: 1e6,
    window: { calendar: 'quarter' },
  }),
  item('reviewed-repos', {
    type: 'distinct',
    event: 'review.submitted',
    value: 'properties.repo',
    threshold: 200,
    window: { calendar: 'year' },
  }),
  item('deployer', { type: 'count', event: 'deploy.*', where: 'properties.environment == "production"', threshold: 100_000 }),
  item('green-deployer', { type: 'latest', event: 'deploy.completed', value: 'properties.score', threshold: 1_000 }),
  item('steady-deployer', { type: 'streak', event: 'deploy.completed', every: 'month', threshold: 60 }),
  item('all-round', {
    type: 'checklist',
    steps: [
      { id: 'build', event: 'build.succeeded', where: 'properties.seconds < 0' },
      { id: 'deploy', event: 'deploy.completed', where: 'properties.score < 0' },
      { id: 'incident', event: 'incident.resolved' },
    ],
  }),
  item('responder', { type: 'count', event: 'incident.resolved', where: 'properties.severity in ["sev1", "sev2"]', threshold: 100_000 }),
  item('first-aid', { type: 'manual', on: { event: 'incident.resolved', where: 'properties.minutes < 15' } }),
  item('of-many-trades', { type: 'achievements', slugs: ['builder', 'author', 'first-aid'] }),
  item('of-experience', { type: 'xp', threshold: 1_000_000 }),
];

/** The packs of the twenty, and of as many others as are asked for, which listen to types that never come. */
export function standardPacks(achievements: number): (Json & { pack: string })[] {
  const others = Array.from({ length: achievements - TWENTY.length }, (_, n) => {
    const like = TWENTY[n % TWENTY.length] ?? {};
    return { ...like, slug: `other-${String(n)}`, criteria: elsewhere(like.criteria as Json, n) };
  });
  const packs: (Json & { pack: string })[] = [{ pack: 'standard', achievements: [...TWENTY] }];
  for (let from = 0; from < others.length; from += ACHIEVEMENTS_A_PACK)
    packs.push({ pack: `others-${String(from)}`, achievements: others.slice(from, from + ACHIEVEMENTS_A_PACK) });
  return packs;
}

function elsewhere(criteria: Json, n: number): Json {
  const event = `other.type${String(n % 500)}`;
  if (criteria.type === 'checklist') return { ...criteria, steps: (criteria.steps as Json[]).map((step) => ({ ...step, event })) };
  if (criteria.type === 'manual') return { type: 'manual', on: { event } };
  return 'event' in criteria ? { ...criteria, event } : { type: 'count', event, threshold: 100 };
}
