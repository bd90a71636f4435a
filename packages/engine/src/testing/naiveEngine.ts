import type { EngineEvent } from '../engineEvent.js';

/**
 * A second implementation for tests: it looks at the whole list of events each time and shares nothing with the engine.
 * It knows the achievements of `naivePack` alone.
 */

interface Plain {
  type: string;
  n: number;
  s: string;
  local: Date;
}

/** The wall clock of an instant, as a Date whose UTC parts are those of the wall. */
function wallClock(instant: number, timeZone: string): Date {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, Number(value)]));
  return new Date(Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute));
}

const isoDay = (date: Date): string => date.toISOString().slice(0, 10);

function isoWeek(date: Date): string {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - yearStart) / 86_400_000 + 1) / 7);
  return `${String(thursday.getUTCFullYear())}-W${String(week).padStart(2, '0')}`;
}

const PERIODS: Readonly<Record<string, (date: Date) => string>> = {
  day: isoDay,
  week: isoWeek,
  month: (date) => isoDay(date).slice(0, 7),
  quarter: (date) => `${String(date.getUTCFullYear())}-Q${String(Math.ceil((date.getUTCMonth() + 1) / 3))}`,
  year: (date) => String(date.getUTCFullYear()),
};

function grouped(events: readonly Plain[], unit: string): Map<string, Plain[]> {
  const name = PERIODS[unit];
  if (name === undefined) throw new Error(`no period ${unit}`);
  const groups = new Map<string, Plain[]>();
  for (const event of events) groups.set(name(event.local), [...(groups.get(name(event.local)) ?? []), event]);
  return groups;
}

const total = (events: readonly Plain[]): number => events.reduce((sum, event) => sum + event.n, 0);
const different = (events: readonly Plain[]): number => new Set(events.map((event) => event.s)).size;

/** The longest run of consecutive numbers. */
function longestRun(numbers: readonly number[]): number {
  const set = new Set(numbers);
  return Math.max(
    0,
    ...[...set].map((start) => {
      let end = start;
      while (set.has(end + 1)) end += 1;
      return end - start + 1;
    }),
  );
}

const dayNumber = (date: Date): number => Math.floor(date.getTime() / 86_400_000);

/** The unlocks as `slug|level|period` and the XP that a history comes to. */
export function naiveOutcome(events: readonly EngineEvent[], timeZone: string): { unlocks: string[]; xp: number } {
  const all = events.map((event): Plain => {
    const properties = JSON.parse(event.propertiesJson) as { n: number; s: string };
    return { type: event.type, ...properties, local: wallClock(event.occurredAt, timeZone) };
  });
  const builds = all.filter(({ type }) => type === 'build.done');
  const under = all.filter(({ type }) => type.startsWith('build.'));
  const unlocks: string[] = [];
  const high = builds.filter(({ n }) => n > 2).length;
  for (const [level, threshold] of [
    ['bronze', 1],
    ['silver', 3],
    ['gold', 6],
  ] as const)
    if (high >= threshold) unlocks.push(`life|${level}|`);
  for (const unit of ['day', 'week', 'month', 'quarter', 'year'])
    for (const [name, group] of grouped(under, unit)) if (group.length >= 2) unlocks.push(`each-${unit}||${name}`);
  if ([...grouped(builds, 'week').values()].some((group) => group.length >= 3)) unlocks.push('once-week||');
  if (total(all) >= 30) unlocks.push('sum||');
  for (const [name, group] of grouped(builds, 'month')) if (total(group) >= 10) unlocks.push(`sum-month||${name}`);
  if (all.some(({ n }) => n >= 9)) unlocks.push('max||');
  if (different(builds) >= 3) unlocks.push('distinct||');
  for (const [name, group] of grouped(all, 'month')) if (different(group) >= 3) unlocks.push(`distinct-month||${name}`);
  if (longestRun(all.map(({ local }) => dayNumber(local))) >= 3) unlocks.push('streak||');
  if (longestRun(builds.map(({ local }) => Math.floor((dayNumber(local) + 3) / 7))) >= 3) unlocks.push('streak-week||');
  if (builds.some(({ s }) => s === 'a') && builds.some(({ s }) => s === 'b') && all.some(({ type }) => type === 'deploy.done'))
    unlocks.push('checklist||');
  for (let n = 1; n <= Math.floor(builds.length / 4); n++) unlocks.push(`every||#${String(n)}`);
  let xp = unlocks.length * 10;
  for (const group of grouped(builds, 'week').values()) xp += Math.min(total(group), 12);
  if (unlocks.includes('max||') && unlocks.includes('sum||')) {
    unlocks.push('both||');
    xp += 10;
  }
  if (xp >= 200) {
    unlocks.push('xp||');
    xp += 10;
  }
  return { unlocks: unlocks.sort(), xp };
}

const where = (event: string | string[], fields: Record<string, unknown> = {}): Record<string, unknown> => ({ event, ...fields });
const item = (slug: string, criteria: Record<string, unknown>, fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  slug,
  name: slug,
  reason: 'A test.',
  ...('levels' in fields ? {} : { xp_reward: 10 }),
  criteria,
  ...fields,
});
const levels = [
  ['bronze', 1],
  ['silver', 3],
  ['gold', 6],
].map(([name, threshold]) => ({ name, threshold, xp_reward: 10 }));
const eachPeriod = { repeat: 'each_period' };

export const naivePack = {
  pack: 'naive',
  achievements: [
    item('life', { type: 'count', ...where('build.done', { where: 'properties.n > 2' }) }, { levels }),
    ...['day', 'week', 'month', 'quarter', 'year'].map((calendar) =>
      item(`each-${calendar}`, { type: 'count', ...where('build.*'), threshold: 2, window: { calendar } }, eachPeriod),
    ),
    item('once-week', { type: 'count', ...where('build.done'), threshold: 3, window: { calendar: 'week' } }),
    item('sum', { type: 'sum', ...where(['build.done', 'build.failed', 'deploy.done'], { value: 'properties.n' }), threshold: 30 }),
    item(
      'sum-month',
      { type: 'sum', ...where('build.done', { value: 'properties.n' }), threshold: 10, window: { calendar: 'month' } },
      eachPeriod,
    ),
    item('max', { type: 'max', ...where('>', { value: 'properties.n' }), threshold: 9 }),
    item('distinct', { type: 'distinct', ...where('build.done', { value: 'properties.s' }), threshold: 3 }),
    item(
      'distinct-month',
      { type: 'distinct', ...where('>', { value: 'properties.s' }), threshold: 3, window: { calendar: 'month' } },
      eachPeriod,
    ),
    item('streak', { type: 'streak', ...where('>'), threshold: 3, every: 'day' }),
    item('streak-week', { type: 'streak', ...where('build.done'), threshold: 3, every: 'week' }),
    item('checklist', {
      type: 'checklist',
      steps: [
        { id: 'one', event: 'build.done', where: 'properties.s == "a"' },
        { id: 'two', event: 'build.done', where: 'properties.s == "b"' },
        { id: 'three', event: 'deploy.*' },
      ],
    }),
    item('every', { type: 'count', ...where('build.done'), threshold: 4 }, { repeat: 'every_threshold' }),
    item('both', { type: 'achievements', slugs: ['max', 'sum'] }),
    item('xp', { type: 'xp', threshold: 200 }),
  ],
  xp_rules: [{ id: 'effort', event: 'build.done', amount: 'properties.n', cap: { per: 'week', amount: 12 } }],
};
