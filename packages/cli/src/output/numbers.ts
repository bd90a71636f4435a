const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `12,345.67`. */
export function formatNumber(value: number): string {
  return GROUPED.format(value);
}

/** `1.2 s`, `3 min 20 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `1 event`, `2 events`. */
export function countOf(count: number, noun: string): string {
  return `${formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
