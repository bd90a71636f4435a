import type { AchievementPreview, PackPreview, Reach, SampledCount } from '@cairn/sdk';
import { countOf, formatNumber } from '../output/numbers.js';
import type { Output } from '../output/output.js';
import { printable } from '../output/printable.js';
import { formatTable } from '../output/table.js';
import { dayBars } from './dayBars.js';

/** The report of a preview for people: all at a glance, then each achievement, and last what to look at. */
export function formatPreview(output: Output, preview: PackPreview): string[] {
  return [
    ...heading(output, preview),
    '',
    ...overview(preview),
    '',
    ...xp(preview),
    ...preview.achievements.filter(({ unlocks }) => unlocks > 0).flatMap((one) => ['', ...details(output, preview, one)]),
    '',
    ...warnings(output, preview),
  ];
}

function heading(output: Output, preview: PackPreview): string[] {
  const { pack, events, users, teams, since, first_event_at: first, last_event_at: last, days } = preview;
  const title = output.style('bold', printable(pack));
  if (first === null || last === null) return [`${title}: no events${since === null ? '' : ` since ${since}`} to fold`];
  const who = [countOf(users.seen, 'user'), ...(teams === null ? [] : [countOf(teams.seen, 'team')])].join(' and ');
  return [
    `${title}: ${countOf(events, 'event')} of ${who}, ${first.slice(0, 10)} to ${last.slice(0, 10)}, ${countOf(days, 'day')}`,
    ...sample(users, 'users'),
    ...(teams === null ? [] : sample(teams, 'teams')),
  ];
}

function sample({ sampled, one_in: oneIn }: SampledCount, what: string): string[] {
  if (oneIn === 1) return [];
  return [`Estimated from ${formatNumber(sampled)} ${what}, one in ${formatNumber(oneIn)}: shares and times are those of the sample.`];
}

const COLUMNS = [
  { title: 'ACHIEVEMENT' },
  { title: 'CHANGE' },
  { title: 'NEW', align: 'right' },
  { title: 'UNLOCKS', align: 'right' },
  { title: 'A DAY', align: 'right' },
  { title: 'HOLDERS', align: 'right' },
  { title: 'SHARE', align: 'right' },
  { title: 'MEDIAN', align: 'right' },
  { title: 'P90', align: 'right' },
] as const;

function overview({ achievements }: PackPreview): string[] {
  const rows = achievements.flatMap((one) => [
    [
      printable(one.slug),
      one.on_publish === 'continue' || one.on_publish === 'restart' ? `${one.change}, ${one.on_publish}` : one.change,
      formatNumber(one.new.unlocks),
      formatNumber(one.unlocks),
      formatNumber(one.unlocks_per_day),
      ...reach(one),
    ],
    ...one.levels.map((level) => [
      `  ${printable(level.level)} (${formatNumber(level.threshold)})`,
      '',
      '',
      formatNumber(level.unlocks),
      '',
      ...reach(level),
    ]),
  ]);
  return formatTable(COLUMNS, rows);
}

function reach({ holders, share, time_to_unlock: time }: Reach): string[] {
  return [
    formatNumber(holders),
    `${formatNumber(Math.round(share * 1000) / 10)} %`,
    ...(time === null ? ['–', '–'] : [formatSpan(time.median_seconds), formatSpan(time.p90_seconds)]),
  ];
}

function xp({ xp: { total, per_user: perUser, rules } }: PackPreview): string[] {
  if (perUser === null) return [];
  const lines = [
    `XP: ${formatNumber(total)} in all; a user gets ${formatNumber(perUser.median)} (median), ${formatNumber(perUser.p90)} (p90)`,
  ];
  for (const rule of rules) lines.push(`  ${formatNumber(rule.total)} by the rule ${printable(rule.id)}`);
  return lines;
}

function details(output: Output, { first_event_at: first, last_event_at: last }: PackPreview, one: AchievementPreview): string[] {
  const lines = [`${output.style('bold', printable(one.slug))}  ${printable(one.name)}`];
  if (first !== null && last !== null)
    lines.push(`  ${first.slice(0, 10)} ${dayBars(one.histogram, { first, last })} ${last.slice(0, 10)}`);
  const rows = one.earliest.map(({ user_id: user, team_id: team, unlocked_at: at, level, period }) => [
    at,
    printable(user ?? team ?? ''),
    [level, period]
      .filter((part) => part !== null)
      .map(printable)
      .join(', '),
  ]);
  return [
    ...lines,
    ...formatTable([{ title: 'EARLIEST' }, { title: one.scope.toUpperCase() }, { title: '' }], rows).map((line) => `  ${line}`),
  ];
}

function warnings(output: Output, preview: PackPreview): string[] {
  if (preview.warnings.length === 0) return ['Nothing to warn of.'];
  return preview.warnings.map(({ code, slug, xp_rule: rule, message }) => {
    const what = slug ?? `the rule ${rule ?? ''}`;
    return `${output.style('yellow', 'warning:')} ${printable(what)}: ${printable(message)} (${code})`;
  });
}

const UNITS = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'min', seconds: 60 },
] as const;

/** `3.5 d`, `12 h`, `40 s`. */
function formatSpan(seconds: number): string {
  const found = UNITS.find((unit) => seconds >= unit.seconds);
  return found === undefined
    ? `${Math.round(seconds)} s`
    : `${formatNumber(Math.round((seconds / found.seconds) * 10) / 10)} ${found.unit}`;
}
