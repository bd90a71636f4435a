const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Its milliseconds, such as those of `30m` or `1d`; null where the text is no pause. */
export function parsePause(text: string): number | null {
  const [, amount = '', unit = ''] = /^(\d{1,5})([smhdw])$/.exec(text) ?? [];
  const ms = Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
  return Number.isFinite(ms) ? ms : null;
}
