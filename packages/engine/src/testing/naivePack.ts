import type { PlainCriteria } from './naiveCriteria.js';
import type { PlainAchievement, PlainPack } from './naiveEngine.js';

const item = (slug: string, criteria: PlainCriteria, fields: Partial<PlainAchievement> = {}) => ({
  slug,
  name: slug,
  reason: 'A test.',
  ...('levels' in fields ? {} : { xp_reward: 10 }),
  criteria,
  ...fields,
});
const levels = [['bronze', 1] as const, ['silver', 3] as const, ['gold', 6] as const].map(([name, threshold]) => ({
  name,
  threshold,
  xp_reward: 10,
}));
const eachPeriod = { repeat: 'each_period' };
const builds = { event: 'build.done' };
const month = { window: { calendar: 'month' } };
const steps = [
  { id: 'one', event: 'build.done', where: 'properties.s == "a"' },
  { id: 'two', event: 'build.done', where: 'properties.s == "b"' },
  { id: 'three', event: 'deploy.*' },
];

/** What unlocks, and when, does not depend on the order of the events of `histories`. */
const inAnyOrder = [
  item('life', { type: 'count', ...builds, where: 'properties.n > 2' }, { levels }),
  ...['day', 'week', 'month', 'quarter', 'year'].map((calendar) =>
    item(`each-${calendar}`, { type: 'count', event: 'build.*', threshold: 2, window: { calendar } }, eachPeriod),
  ),
  item('once-week', { type: 'count', ...builds, threshold: 3, window: { calendar: 'week' } }),
  item('sum', { type: 'sum', event: ['build.done', 'build.failed', 'deploy.done'], value: 'properties.n', threshold: 30 }),
  item('sum-month', { type: 'sum', ...builds, value: 'properties.n', threshold: 10, ...month }, eachPeriod),
  item('max', { type: 'max', event: '>', value: 'properties.n', threshold: 9 }),
  item('distinct', { type: 'distinct', ...builds, value: 'properties.s', threshold: 3 }),
  item('distinct-month', { type: 'distinct', event: '>', value: 'properties.s', threshold: 3, ...month }, eachPeriod),
  item('streak', { type: 'streak', event: '>', threshold: 3, every: 'day' }),
  item('streak-week', { type: 'streak', ...builds, threshold: 3, every: 'week' }),
  item('streak-workdays', { type: 'streak', event: '>', threshold: 3, every: 'day', grace: 1, skip: ['sun', 'sat'] }),
  item('checklist', { type: 'checklist', steps }),
  item('sequence', { type: 'sequence', steps }),
  item('sequence-soon', { type: 'sequence', steps, within: '2w' }, { levels: levels.slice(0, 2) }),
  // So long that it forgets nothing of such a history.
  item('rolling-long', { type: 'count', ...builds, threshold: 9, window: { rolling: '126d' } }),
  item('rolling-long-distinct', { type: 'distinct', event: '>', value: 'properties.n', threshold: 8, window: { rolling: '18w' } }),
  item('every', { type: 'count', ...builds, threshold: 4 }, { repeat: 'every_threshold' }),
  item('both', { type: 'achievements', slugs: ['max', 'sum'] }),
  item('xp', { type: 'xp', threshold: 200 }),
];

/** It matters in which order events come: values fall again, or something is forgotten. */
const inTheirOrder = [
  item('latest', { type: 'latest', event: '>', value: 'properties.n', threshold: 8 }),
  item('ratio', { type: 'ratio', ...builds, success: 'properties.n > 5', min: 4, threshold: 0.6 }),
  item('ratio-month', { type: 'ratio', event: 'build.>', success: 'properties.s == "a"', min: 2, threshold: 0.5, ...month }, eachPeriod),
  item('balance', { type: 'sum', event: '>', value: 'properties.n - 3.0', threshold: 20 }),
  item('rolling', { type: 'count', event: 'build.*', threshold: 4, window: { rolling: '36h' } }),
  item('rolling-week', { type: 'count', event: '>', window: { rolling: '7d' } }, { levels }),
  item('rolling-sum', { type: 'sum', event: '>', value: 'properties.n', threshold: 25, window: { rolling: '2w' } }),
  item('rolling-balance', { type: 'sum', event: '>', value: 'properties.n - 3.0', threshold: 8, window: { rolling: '3d' } }),
  item('rolling-distinct', { type: 'distinct', event: '>', value: 'properties.s', threshold: 4, window: { rolling: '5d' } }),
  item('rolling-checklist', { type: 'checklist', steps, window: { rolling: '6d' } }),
];

const xp_rules = [{ id: 'effort', ...builds, amount: 'properties.n', cap: { per: 'week', amount: 12 } }];

export const orderFreePack = { pack: 'naive', achievements: inAnyOrder, xp_rules } satisfies PlainPack & { pack: string };

/** Every criterion, window and way of repeating. */
export const naivePack = {
  pack: 'naive',
  achievements: [...inAnyOrder, ...inTheirOrder],
  xp_rules,
} satisfies PlainPack & { pack: string };
