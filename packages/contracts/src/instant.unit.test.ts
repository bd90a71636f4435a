import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, parseInstant } from './instant.js';

const two = (n: number) => String(n).padStart(2, '0');

describe('parseInstant', () => {
  it('agrees with Date.parse on every well-formed instant', () => {
    const parts = fc.record({
      year: fc.integer({ min: 2, max: 9998 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 28 }),
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      second: fc.integer({ min: 0, max: 59 }),
      fraction: fc.option(fc.stringMatching(/^\d{1,9}$/), { nil: '' }),
      offset: fc.oneof(fc.constant('Z'), fc.stringMatching(/^[+-](0\d|1\d|2[0-3]):[0-5]\d$/)),
    });
    fc.assert(
      fc.property(parts, ({ year, month, day, hour, minute, second, fraction, offset }) => {
        const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
        const withFraction = fraction === '' ? text : `${text}.${fraction}`;
        expect(parseInstant(withFraction + offset)).toBe(Date.parse(withFraction + offset));
      }),
    );
  });

  it('reads an instant in UTC in the same way with Z and with an offset, whatever is wrong with it', () => {
    const usual = fc.stringMatching(/^[0-2]\d{3}-[01]\d-[0-3]\d[Tt][0-2]\d:[0-6]\d:[0-6]\d(\.\d{3})?$/);
    const spoiled = fc.tuple(usual, fc.nat(22), fc.constantFrom('', ' ', '-', ':', '0', 'T', '٣')).map(([text, at, other]) => {
      return text.slice(0, at) + other + text.slice(at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(usual, spoiled), (text) => {
        expect(parseInstant(`${text}Z`)).toBe(parseInstant(`${text}+00:00`));
      }),
      { numRuns: 5_000 },
    );
  });

  it('reads back what formatInstant writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (instant) => {
        expect(parseInstant(formatInstant(instant))).toBe(instant);
      }),
    );
  });

  it('knows which days there are', () => {
    for (let month = 1; month <= 12; month++) {
      for (const year of [1900, 2000, 2023, 2024]) {
        for (let day = 28; day <= 31; day++) {
          const text = `${year}-${two(month)}-${two(day)}T00:00:00Z`;
          const exists = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
          expect([text, parseInstant(text) !== null]).toEqual([text, exists]);
        }
      }
    }
  });

  it.each([
    '',
    '2026-04-12',
    '2026-04-12T10:15Z',
    '2026-04-12T10:15:00',
    '2026-04-12 10:15:00Z',
    '2026-4-12T10:15:00Z',
    '2026-04-12T24:00:00Z',
    '2026-04-12T10:60:00Z',
    '2026-04-12T10:15:60Z',
    '2026-04-12T10:15:00.Z',
    '2026-04-12T10:15:00+24:00',
    '2026-04-12T10:15:00+0200',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '+02026-04-12T10:15:00Z',
    ' 2026-04-12T10:15:00Z',
    '2026-04-12T10:15:00Z\n',
    // Of another year in UTC than four digits can say.
    '9999-12-31T23:59:59-01:00',
    '0001-01-01T00:00:00+01:00',
    '0000-06-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('reads lower case, offsets and cut fractions', () => {
    const instant = Date.parse('2026-04-12T10:15:00.123Z');
    expect(parseInstant('2026-04-12t10:15:00.123999999z')).toBe(instant);
    expect(parseInstant('2026-04-12T12:15:00.123+02:00')).toBe(instant);
    expect(parseInstant('2026-04-12T04:45:00.123-05:30')).toBe(instant);
    expect(parseInstant('2026-04-12T10:15:00.1Z')).toBe(Date.parse('2026-04-12T10:15:00.100Z'));
  });
});

describe('formatInstant', () => {
  it('writes a fraction only where there is one', () => {
    expect(formatInstant(Date.UTC(2026, 3, 12, 10, 15))).toBe('2026-04-12T10:15:00Z');
    expect(formatInstant(Date.UTC(2026, 3, 12, 10, 15, 0, 50))).toBe('2026-04-12T10:15:00.050Z');
  });
});
