import { describe, expect, it } from 'vitest';
import { parseSince } from './parseSince.js';

const NOW = Date.UTC(2026, 3, 12, 10, 15);

describe('since', () => {
  it('is so long before now, or an instant', () => {
    expect(parseSince('90d', NOW)).toBe(NOW - 90 * 86_400_000);
    expect(parseSince('12h', NOW)).toBe(NOW - 12 * 3_600_000);
    expect(parseSince('4w', NOW)).toBe(NOW - 28 * 86_400_000);
    expect(parseSince('2026-04-01T00:00:00+02:00', NOW)).toBe(Date.UTC(2026, 2, 31, 22));
  });

  it.each(['', '90', 'd', '-1d', '1.5d', '90 d', '100000d', '3m', '2026-04-01', 'yesterday'])('is not %j', (text) => {
    expect(parseSince(text, NOW)).toBeNull();
  });
});
