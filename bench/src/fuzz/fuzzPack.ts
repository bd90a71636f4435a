const about = { description: 'A fuzz run counts.', reason: 'What is sent must be counted whatever it holds.', category: 'fuzz' };
const ANY = '*.>';

/** Counts all there is, and lets expressions meet whatever properties hold. */
export const FUZZ_PACK = {
  pack: 'fuzz',
  achievements: [
    { slug: 'counted', name: 'Counted', ...about, criteria: { type: 'count', event: ANY, threshold: 1_000_000 } },
    { slug: 'summed', name: 'Summed', ...about, criteria: { type: 'sum', event: ANY, value: 'properties.n', threshold: 1e15 } },
    {
      slug: 'greatest',
      name: 'Greatest',
      ...about,
      xp_reward: 3,
      criteria: { type: 'max', event: ANY, value: 'properties.n', threshold: 90 },
    },
    { slug: 'newest', name: 'Newest', ...about, criteria: { type: 'latest', event: ANY, value: 'properties.n', threshold: 1e9 } },
    { slug: 'different', name: 'Different', ...about, criteria: { type: 'distinct', event: ANY, value: 'properties.s', threshold: 1_000 } },
    {
      slug: 'filtered',
      name: 'Filtered',
      ...about,
      criteria: { type: 'count', event: ANY, where: 'rematch(properties.s, "^s[0-9]+$") && source.app == "fuzz"', threshold: 5 },
      repeat: 'every_threshold',
      xp_reward: 2,
    },
    { slug: 'daily', name: 'Daily', ...about, criteria: { type: 'streak', event: ANY, every: 'day', grace: 1, threshold: 100 } },
    {
      slug: 'rolling',
      name: 'Rolling',
      ...about,
      criteria: { type: 'count', event: ANY, threshold: 1_000, window: { rolling: '30d' } },
    },
    {
      slug: 'share',
      name: 'Share',
      ...about,
      criteria: { type: 'ratio', event: ANY, success: 'properties.ok == true', min: 5, threshold: 0.99 },
    },
    { slug: 'team-counted', name: 'Team', ...about, scope: 'team', criteria: { type: 'count', event: ANY, threshold: 1_000_000 } },
  ],
  xp_rules: [{ id: 'each', event: ANY, amount: 1 }],
};
