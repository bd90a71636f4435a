import type { Explanation } from '@cairn/sdk';
import { formatNumber } from './numbers.js';
import type { Output } from './output.js';
import { printable } from './printable.js';
import { formatFields, formatTable } from './table.js';

/** Events that a person is shown of each kind; --json has all that the server tells. */
const EVENTS_SHOWN = 10;

const BLOCKED = {
  below_tier: 'the plan of the user is below the tier that this asks for',
  opted_out: 'the user has opted out of this category',
  not_opted_in: 'this is sensitive, and the user has not opted in to its category',
} as const;

/** Why, or why not yet, in words. */
export function formatExplanation(output: Output, explained: Explanation): string[] {
  return [
    output.style('bold', `${printable(explained.name)} (${printable(explained.slug)}, version ${explained.version})`),
    printable(explained.summary),
    '',
    ...formatFields(standing(explained)),
    ...section('Reached', explained.crossed.length, crossings(explained)),
    ...section('Counted', explained.counted_total, counted(explained)),
    ...section('Did not count', totalOf(explained), notCounted(explained)),
    ...reservations(explained),
  ];
}

function standing({ status, value, threshold, level, period, missing, blocked_by, missing_slugs }: Explanation): [string, string][] {
  const fields: [string, string][] = [
    ['status', status],
    ['value', `${formatNumber(value)} of ${formatNumber(threshold)}`],
  ];
  if (missing > 0) fields.push(['missing', formatNumber(missing)]);
  if (level !== null) fields.push(['level', printable(level)]);
  if (period !== null) fields.push(['period', printable(period)]);
  if (blocked_by !== null) fields.push(['blocked', BLOCKED[blocked_by]]);
  if (missing_slugs.length > 0) fields.push(['not held yet', missing_slugs.map(printable).join(', ')]);
  return fields;
}

function crossings({ crossed }: Explanation): string[] {
  const rows = crossed.slice(-EVENTS_SHOWN).map((crossing) => {
    const what = [crossing.level, crossing.period].filter((part) => part !== null).join(', ');
    return [crossing.at, formatNumber(crossing.threshold), printable(what), printable(crossing.event_id)];
  });
  return rows.length === 0
    ? []
    : formatTable([{ title: 'WHEN' }, { title: 'THRESHOLD', align: 'right' }, { title: '' }, { title: 'BY EVENT' }], rows);
}

function counted(explained: Explanation): string[] {
  const rows = explained.counted
    .slice(0, EVENTS_SHOWN)
    .map((event) => [
      event.occurred_at,
      printable(event.event_id),
      event.contribution === null ? '' : printable(String(event.contribution)),
    ]);
  return rows.length === 0 ? [] : formatTable([{ title: 'WHEN' }, { title: 'EVENT' }, { title: 'AS' }], rows);
}

/** First how many for which reason, then the newest of them. */
function notCounted({ not_counted, not_counted_totals }: Explanation): string[] {
  const reasons = Object.entries(not_counted_totals).map(([reason, count]): [string, string] => [printable(reason), formatNumber(count)]);
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
  return lines.length === 0 ? [] : ['', ...lines];
}
