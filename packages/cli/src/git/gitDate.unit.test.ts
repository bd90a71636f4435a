import { describe, expect, it } from 'vitest';
import { parseGitDate } from './gitDate.js';

describe('a date of git', () => {
  it.each([
    // 2026-04-12 was a Sunday.
    ['1775988900 +0000', { instant: '2026-04-12T10:15:00.000Z', hour: 10, weekday: 7 }],
    ['1775988900 +1400', { instant: '2026-04-12T10:15:00.000Z', hour: 0, weekday: 1 }],
    ['1775988900 -1100', { instant: '2026-04-12T10:15:00.000Z', hour: 23, weekday: 6 }],
    ['1775988900 +0545', { instant: '2026-04-12T10:15:00.000Z', hour: 16, weekday: 7 }],
    ['0 +0000', { instant: '1970-01-01T00:00:00.000Z', hour: 0, weekday: 4 }],
    ['0 -0030', { instant: '1970-01-01T00:00:00.000Z', hour: 23, weekday: 3 }],
    ['951825600 +0000', { instant: '2000-02-29T12:00:00.000Z', hour: 12, weekday: 2 }],
  ])('%s is read on the clock of its author', (raw, expected) => {
    const date = parseGitDate(raw);
    expect(date && { ...date, instant: new Date(date.instant).toISOString() }).toEqual(expected);
  });

  it('keeps to the bounds of a clock under offsets that old tools left behind', () => {
    expect(parseGitDate('1775988900 +5130')).toMatchObject({ hour: expect.any(Number) as number, weekday: expect.any(Number) as number });
  });

  it.each(['', '1775988900', '-5 +0000', 'soon +0000', '253402300800 +0000', '1e9 +0000'])('%j is none', (raw) => {
    expect(parseGitDate(raw)).toBeNull();
  });
});
