import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../fold.js';
import { achievement, makeCatalogue } from '../testing/makeCatalogue.js';
import { makeEvent, SUNDAY } from '../testing/makeEvent.js';
import { ZONE_DATA_VERSION } from '../zones/zoneData.generated.js';
import { ByteReader } from './byteReader.js';
import { ByteWriter } from './byteWriter.js';
import { decodeState, encodeState, zoneDataVersionOf } from './encodeState.js';
import { StateFormatError } from './stateFormatError.js';
import { emptyState } from './userState.js';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

describe('numbers and texts', () => {
  test('are read as they were written', () => {
    const whole = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
    fc.assert(
      fc.property(
        fc.tuple(fc.maxSafeNat(), whole, fc.double({ noNaN: true }), fc.string({ unit: 'grapheme' })),
        ([unsigned, signed, number, text]) => {
          const writer = new ByteWriter();
          writer.unsigned(unsigned);
          writer.signed(signed);
          writer.number(number);
          writer.text(text);
          const reader = new ByteReader(writer.finish());
          expect([reader.unsigned(), reader.signed(), reader.number(), reader.text(), reader.remaining]).toEqual([
            unsigned,
            signed,
            number + 0,
            text,
            0,
          ]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('an encoded state', () => {
  const catalogue = makeCatalogue({
    achievements: [
      achievement('count', { criteria: { type: 'count', event: 'build.succeeded', threshold: 9, window: { calendar: 'month' } } }),
      achievement('done', { xp_reward: 5, criteria: { type: 'sum', event: 'build.succeeded', value: 'properties.n', threshold: 1 } }),
      achievement('streak', { criteria: { type: 'streak', event: 'build.succeeded', every: 'day', threshold: 9 } }),
    ],
    xp_rules: [{ id: 'r', event: 'build.succeeded', amount: 2, cap: { per: 'day', amount: 3 } }],
  });
  const filled = () => {
    const state = emptyState();
    for (const [i, parts] of [
      { type: 'profile.updated', properties: { timezone: 'Europe/Berlin' } },
      { type: 'privacy.opted_in', properties: { category: 'health' } },
      { properties: { n: 1 } },
      { properties: { n: 2 } },
    ].entries())
      fold(catalogue, state, makeEvent({ ...parts, sequence: i + 1 }));
    return state;
  };

  test('keeps the layout that earlier states were written in', () => {
    const version = hex(new TextEncoder().encode(ZONE_DATA_VERSION));
    const bytes = hex(encodeState(filled()));
    expect(bytes.replace(version, '<zones>')).toBe(LAYOUT_3);
    expect(encodeState(decodeState(encodeState(filled())))).toEqual(encodeState(filled()));
  });

  // proves: zones-are-pinned
  test('says which zone data it was written with', () => {
    expect(zoneDataVersionOf(encodeState(emptyState()))).toBe(ZONE_DATA_VERSION);
  });

  test('holds no counts of what is complete', () => {
    const size = (threshold: number): number => {
      const distinct = makeCatalogue({
        achievements: [achievement('it', { criteria: { type: 'distinct', event: 'build.succeeded', value: 'properties.n', threshold } })],
      });
      const state = emptyState();
      for (let n = 0; n < 500; n++) fold(distinct, state, makeEvent({ properties: { n }, sequence: n + 1, at: SUNDAY }));
      return encodeState(state).length;
    };
    expect(size(500)).toBeLessThan(40);
    expect(size(501)).toBeGreaterThan(2_000);
  });

  test('that is damaged is refused with a code, and nothing else happens', () => {
    const bytes = encodeState(filled());
    expect(() => decodeState(new Uint8Array([99]))).toThrow(expect.objectContaining({ code: 'unknown_version' }) as Error);
    for (let length = 0; length < bytes.length; length++) expect(() => decodeState(bytes.slice(0, length))).toThrow(StateFormatError);
    const damaged = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)).map(([at, byte]) => bytes.with(at, byte));
    fc.assert(
      fc.property(
        fc.oneof(
          damaged,
          fc.uint8Array({ maxLength: 200 }).map((random) => new Uint8Array([bytes[0] ?? 0, ...random])),
        ),
        (broken) => {
          try {
            decodeState(broken);
          } catch (error) {
            expect(error).toBeInstanceOf(StateFormatError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

const LAYOUT_3 =
  '0305<zones>0d4575726f70652f4265726c696e000001066865616c746801200305636f756e740100000301c60a000204646f6e6501010001000e04040a00000673747265616b010006000001000196c1020000000106746573742f720196c10210';
