import type { ProgressItem } from '@cairn/sdk';
import { formatNumber } from './numbers.js';
import { printable } from './printable.js';
import { type Column, formatTable } from './table.js';

const COLUMNS: readonly Column[] = [
  { title: 'ACHIEVEMENT' },
  { title: 'STATUS' },
  { title: 'VALUE', align: 'right' },
  { title: 'OF', align: 'right' },
  { title: 'LEVEL' },
  { title: 'PERIOD' },
  { title: 'NAME' },
];

/** What is unlocked comes first, then what is under way, and last what was not begun. */
const STATUS_RANKS: Readonly<Record<ProgressItem['status'], number>> = { unlocked: 0, progressing: 1, locked: 2 };

/** Whether anything counted so far. */
export function isBegun({ status, value }: ProgressItem): boolean {
  return status !== 'locked' || value !== 0;
}

/** Lines of a table, what is nearest to its end first. */
export function formatProgress(items: readonly ProgressItem[]): string[] {
  return formatTable(COLUMNS, items.toSorted(byNearness).map(rowOf));
}

function byNearness(a: ProgressItem, b: ProgressItem): number {
  const byStatus = STATUS_RANKS[a.status] - STATUS_RANKS[b.status];
  // Of what is unlocked the next level says nothing: it stays in the order of the answer.
  return byStatus !== 0 || a.status === 'unlocked' ? byStatus : shareOf(b) - shareOf(a);
}

function shareOf({ value, threshold }: ProgressItem): number {
  return threshold > 0 ? value / threshold : 0;
}

function statusOf({ status, eligible, recounting }: ProgressItem): string {
  if (recounting === true) return `${status} (being recounted)`;
  return eligible ? status : `${status} (below tier)`;
}

function rowOf(item: ProgressItem): string[] {
  return [
    printable(item.slug),
    statusOf(item),
    formatNumber(item.value),
    formatNumber(item.threshold),
    printable(item.level ?? ''),
    printable(item.period ?? ''),
    printable(item.name),
  ];
}
