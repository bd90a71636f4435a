import type { BlockedBy, CrossedThreshold, EventOutcome, Explanation } from '@cairn/sdk';
import { formatNumber } from './numbers.js';
import type { Output } from './output.js';
import { printable } from './printable.js';
import { formatFields, formatTable } from './table.js';

/** Events that a person is shown of each kind; --json has all that the server tells. */
const EVENTS_SHOWN = 10;

const BLOCKED: Readonly<Record<BlockedBy, string>> = {
  below_tier: 'the plan of the user is below the one that this asks for',
  opted_out: 'the user has opted out of this category',
  not_opted_in: 'this is sensitive, and the user has not opted in to its category',
  revoked: 'it was revoked by hand, and does not unlock by itself again',
};

const REASONS: Readonly<Record<string, string>> = {
  other_type: 'of another type',
  version_not_in_effect: 'before this version',
  already_unlocked: 'after all was unlocked',
  opted_out: 'during an opt-out',
  not_opted_in: 'without an opt-in',
  where_false: 'filter not passed',
  evaluation_failed: 'could not be evaluated',
  skipped_day: 'on a day that is left out',
  too_late: 'too late for the window',
  adds_nothing: 'counted before',
  outside_window: 'outside the window',
};

const ASSUMED: Readonly<Record<'zone' | 'plan' | 'consent', string>> = {
  zone: 'which time zone the user was in',
  plan: 'which plan the user had',
  consent: 'what the user had opted in to or out of',
};

/** Why, or why not yet, in words. Where an event was asked for, that comes first, and no others are listed. */
export function formatExplanation(output: Output, explained: Explanation): string[] {
  const { event } = explained;
  return [
    ...(event === undefined ? [] : [...outcome(event), '']),
    output.style('bold', `${printable(explained.name)} (${printable(explained.slug)}, version ${explained.version})`),
    printable(explained.summary),
    '',
    ...formatFields(standing(explained)),
    ...(event === undefined ? lists(explained) : section('It unlocked', event.crossed.length, crossings(event.crossed))),
    ...reservations(explained),
  ];
}

function outcome({ event_id: id, type, occurred_at: at, counted, detail }: EventOutcome): string[] {
  const told = [type, at].filter((part) => part !== null).map(printable);
  const what = told.length === 0 ? '' : ` (${told.join(', ')})`;
  return [`Event ${printable(id)}${what} ${counted ? 'counted' : 'did not count'}.`, printable(detail)];
}

function standing({
  status,
  value,
  threshold,
  level,
  period,
  needs,
  blocked_by,
  missing_slugs,
  missing_steps,
}: Explanation): [string, string][] {
  const fields: [string, string][] = [
    ['status', status],
    ['value', `${formatNumber(value)} of ${formatNumber(threshold)}`],
  ];
  if (level !== null) fields.push(['level', printable(level)]);
  if (period !== null) fields.push(['period', printable(period)]);
  if (needs !== '' && missing_slugs.length + missing_steps.length === 0) fields.push(['needed', printable(needs)]);
  if (missing_slugs.length > 0) fields.push(['not held yet', missing_slugs.map(printable).join(', ')]);
  if (missing_steps.length > 0) fields.push(['still to do', missing_steps.map(printable).join(', ')]);
  if (blocked_by !== null) fields.push(['blocked', BLOCKED[blocked_by]]);
  return fields;
}

function lists(explained: Explanation): string[] {
  return [
    ...section('Reached', explained.crossed.length, crossings(explained.crossed)),
    ...section('Counted', explained.counted_total, counted(explained)),
    ...section('Did not count', totalOf(explained), notCounted(explained)),
  ];
}

function crossings(crossed: readonly CrossedThreshold[]): string[] {
  const rows = crossed.slice(-EVENTS_SHOWN).flatMap((crossing) => {
    const what = [crossing.level, crossing.period].filter((part) => part !== null).join(', ');
    const value = `${formatNumber(crossing.value)} of ${formatNumber(crossing.threshold)}`;
    const row = [crossing.at, value, printable(what), String(crossing.version), cause(crossing)];
    const { revoked } = crossing;
    return revoked === null ? [row] : [row, [revoked.at, '', printable(what), '', `revoked${byWhom(revoked)}`]];
  });
  const titles = [{ title: 'WHEN' }, { title: 'VALUE', align: 'right' as const }, { title: '' }, { title: 'VERSION' }, { title: 'BY' }];
  return rows.length === 0 ? [] : formatTable(titles, rows);
}

function cause({ event_id: id, granted, backfilled }: CrossedThreshold): string {
  if (granted !== null) return `granted${byWhom(granted)}`;
  return `${printable(id ?? '')}${backfilled ? ' (found in the history)' : ''}`;
}

function byWhom({ by, reason }: { by: string | null; reason: string }): string {
  return `${by === null ? ' by hand' : ` by ${printable(by)}`}: ${printable(reason)}`;
}

function counted(explained: Explanation): string[] {
  const rows = explained.counted
    .slice(0, EVENTS_SHOWN)
    .map((event) => [
      event.occurred_at,
      printable(event.event_id),
      event.contribution === null ? '' : printable(String(event.contribution)),
    ]);
  const as = rows.some(([, , contribution]) => contribution !== '') ? [{ title: 'AS' }] : [];
  return rows.length === 0 ? [] : formatTable([{ title: 'WHEN' }, { title: 'EVENT' }, ...as], rows);
}

/** First how many for which reason, then the newest of them. */
function notCounted({ not_counted, not_counted_totals }: Explanation): string[] {
  const reasons = Object.entries(not_counted_totals).map(([reason, count]): [string, string] => [
    (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ?? printable(reason),
    formatNumber(count),
  ]);
  const rows = not_counted.slice(0, EVENTS_SHOWN).map((event) => [event.occurred_at, printable(event.event_id), printable(event.detail)]);
  const table = rows.length === 0 ? [] : ['', ...formatTable([{ title: 'WHEN' }, { title: 'EVENT' }, { title: 'WHY' }], rows)];
  return [...formatFields(reasons), ...table];
}

function totalOf({ not_counted_totals }: Explanation): number {
  return Object.values(not_counted_totals).reduce((sum, count) => sum + count, 0);
}

function section(title: string, total: number, lines: readonly string[]): string[] {
  if (total === 0) return [];
  return ['', `${title} (${formatNumber(total)}):`, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

/** What the lists do not know. */
function reservations({ history }: Explanation): string[] {
  const lines: string[] = [];
  if (history.truncated)
    lines.push(`The lists come from the newest ${formatNumber(history.events)} events of the user; older ones count, but are not listed.`);
  if (history.missing > 0) lines.push(`${formatNumber(history.missing)} events are no longer in the log: they count, but are not listed.`);
  const assumed = (history.assumed ?? []).map((what) => ASSUMED[what]);
  if (assumed.length > 0)
    lines.push(`It is not known ${assumed.join(', nor ')} before that, so the lists may say the wrong reason for the oldest of them.`);
  return lines.length === 0 ? [] : ['', ...lines];
}
