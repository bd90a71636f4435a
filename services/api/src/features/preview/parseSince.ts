import { parseInstant } from '@cairn/contracts';

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `90d`, `12h` or `4w` before now, or an instant of RFC 3339; null where the text is neither. */
export function parseSince(text: string, now: number): number | null {
  const [, amount, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return parseInstant(text);
  return now - Number(amount) * (UNIT_MS[unit] ?? 0);
}
