import type { Explanation } from '@cairn/sdk';
import { formatNumber } from './numbers.js';
import type { Output } from './output.js';
import { printable } from './printable.js';
import { formatFields, formatTable } from './table.js';

/** Events that a person is shown of each kind; --json has all that the server tells. */
const EVENTS_SHOWN = 10;

/** Why, or why not yet, in words. */
export function formatExplanation(output: Output, explanation: Explanation): string[] {
  const lines = [output.style('bold', `${printable(explanation.name)} (${printable(explanation.slug)}, version ${explanation.version})`)];
  if (explanation.summary !== undefined) lines.push(printable(explanation.summary));
  lines.push(
    '',
    ...formatFields([
      ['status', printable(explanation.status)],
      ['value', `${formatNumber(explanation.value)} of ${formatNumber(explanation.threshold)}`],
      ...optional('level', explanation['level']),
      ...optional('period', explanation['period']),
      ...optional('missing', explanation['missing']),
    ]),
  );
  lines.push(...eventTable('Counted', explanation['counted']), ...eventTable('Did not count', explanation['not_counted']));
  return lines;
}

function optional(name: string, value: unknown): [string, string][] {
  if (typeof value === 'number') return [[name, formatNumber(value)]];
  return typeof value === 'string' ? [[name, printable(value)]] : [];
}

/** A list of events, or an object with such a list in `events` and their number in `total`. */
function eventTable(title: string, value: unknown): string[] {
  const list = Array.isArray(value) ? value : isRecord(value) && Array.isArray(value['events']) ? value['events'] : [];
  const events = list.filter(isRecord);
  if (events.length === 0) return [];
  const total = isRecord(value) && typeof value['total'] === 'number' ? value['total'] : events.length;
  const shown = events.slice(0, EVENTS_SHOWN);
  const rows = shown.map((event) => [textOf(event['occurred_at']), textOf(event['event_id']), textOf(event['detail'] ?? event['reason'])]);
  const more = total > shown.length ? [`  … and ${formatNumber(total - shown.length)} more`] : [];
  return [
    '',
    `${title} (${formatNumber(total)}):`,
    ...formatTable([{ title: 'WHEN' }, { title: 'EVENT' }, { title: '' }], rows).map((line) => `  ${line}`),
    ...more,
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? printable(value) : '';
}
