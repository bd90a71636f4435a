/** What is counted while everything fails: each kind of thing that could be counted twice, or not at all. */
export const LEVELS = [
  { name: 'bronze', threshold: 5, xp_reward: 10 },
  { name: 'silver', threshold: 25, xp_reward: 20 },
  { name: 'gold', threshold: 50, xp_reward: 40 },
] as const;
export const REVIEWS_A_MONTH = 3;
export const REVIEWER_XP = 7;
export const REPOSITORIES_EXPLORED = 8;
export const EXPLORER_XP = 30;
export const VETERAN_AT_XP = 100;
export const VETERAN_XP = 5;
export const TEAM_DEPLOYS = 100;
export const HONOUR_XP = 15;
export const INCIDENT_XP = 3;
export const INCIDENT_XP_A_DAY_MAX = 6;

const common = { category: 'chaos', rarity: 'common', scope: 'user' };

export const CHAOS_PACK = {
  pack: 'chaos',
  achievements: [
    {
      ...common,
      slug: 'deployer',
      name: 'Deployer',
      description: 'Deploy again and again.',
      reason: 'A counter with levels, so that each of them must come exactly once.',
      criteria: { type: 'count', event: 'deploy.finished', where: 'properties.ok == true' },
      levels: LEVELS,
    },
    {
      ...common,
      slug: 'monthly-reviewer',
      name: 'Monthly Reviewer',
      description: 'Three reviews in a month.',
      reason: 'A period each, so that late events fall into the right one.',
      xp_reward: REVIEWER_XP,
      criteria: { type: 'count', event: 'review.done', threshold: REVIEWS_A_MONTH, window: { calendar: 'month' } },
      repeat: 'each_period',
    },
    {
      ...common,
      slug: 'explorer',
      name: 'Explorer',
      description: 'Touch eight repositories.',
      reason: 'A set, so that order must not matter.',
      xp_reward: EXPLORER_XP,
      criteria: { type: 'distinct', event: '*.*', value: 'properties.repo', threshold: REPOSITORIES_EXPLORED },
    },
    {
      ...common,
      slug: 'veteran',
      name: 'Veteran',
      description: 'Earn a hundred XP.',
      reason: 'A cascade, so that XP counted twice would show.',
      xp_reward: VETERAN_XP,
      criteria: { type: 'xp', threshold: VETERAN_AT_XP },
    },
    {
      ...common,
      slug: 'team-deployer',
      name: 'Team Deployer',
      description: 'Deploy a hundred times together, again and again.',
      reason: 'A counter over all partitions, so that the loop of the teams has work.',
      scope: 'team',
      criteria: { type: 'count', event: 'deploy.finished', threshold: TEAM_DEPLOYS },
      repeat: 'every_threshold',
    },
    {
      ...common,
      slug: 'honoured',
      name: 'Honoured',
      description: 'Be named by somebody.',
      reason: 'Given and taken by hand, so that there is something to take back.',
      xp_reward: HONOUR_XP,
      criteria: { type: 'manual' },
    },
  ],
  xp_rules: [{ id: 'incident', event: 'incident.resolved', amount: INCIDENT_XP, cap: { per: 'day', amount: INCIDENT_XP_A_DAY_MAX } }],
};
