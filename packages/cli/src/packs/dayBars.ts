import type { AchievementPreview } from '@cairn/sdk';

const COLUMNS_MAX = 60;
const HEIGHTS = '▁▂▃▄▅▆▇█';
const DAY_MS = 86_400_000;

/** A histogram over the days from `first` to `last` in a line, a space where there is nothing. */
export function dayBars({ bars }: AchievementPreview['histogram'], { first, last }: { first: string; last: string }): string {
  const days = bars.map(({ day, unlocks }) => ({ day: dayOf(day), unlocks }));
  const from = Math.min(dayOf(first), ...days.map(({ day }) => day));
  const until = Math.max(dayOf(last), ...days.map(({ day }) => day));
  const span = until - from + 1;
  const columns = Array.from({ length: Math.min(COLUMNS_MAX, span) }, () => 0);
  for (const { day, unlocks } of days) {
    const column = Math.floor(((day - from) * columns.length) / span);
    columns[column] = (columns[column] ?? 0) + unlocks;
  }
  const highest = Math.max(...columns);
  return columns.map((unlocks) => (unlocks === 0 ? ' ' : (HEIGHTS[Math.ceil((unlocks / highest) * HEIGHTS.length) - 1] ?? ' '))).join('');
}

function dayOf(instant: string): number {
  return Math.floor(Date.parse(instant) / DAY_MS);
}
