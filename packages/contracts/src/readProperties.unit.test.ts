import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonicalJson.js';
import { isCairnError } from './errors.js';
import { FORBIDDEN_KEYS, PROPERTIES_BYTES_MAX, PROPERTIES_DEPTH_MAX } from './limits.js';
import { readProperties } from './readProperties.js';

const key = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'b', 'ü', '10', '9', '', 'constructor', '__proto__', 'prototype'));
const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.integer({ min: 2_700, max: 8_300 }).map((length) => 'ü'.repeat(length)),
);
const { object } = fc.letrec<{ object: Record<string, unknown>; value: unknown }>((tie) => ({
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  value: fc.oneof({ maxDepth: 5, depthSize: 'small' }, leaf, leaf, tie('object'), fc.array(tie('value'), { maxLength: 3 })),
}));

/** The rules as they are written down, one by one, over all that is in it. */
function breaksARule(properties: Record<string, unknown>): boolean {
  const all = [...everyValue(properties, 1)];
  return (
    all.some(({ value }) => typeof value === 'number' && !Number.isFinite(value)) ||
    all.some(({ value, depth }) => typeof value === 'object' && value !== null && depth > PROPERTIES_DEPTH_MAX) ||
    all.some(({ keys }) => keys.some((name) => FORBIDDEN_KEYS.has(name))) ||
    Buffer.byteLength(JSON.stringify(properties)) > PROPERTIES_BYTES_MAX
  );
}

function* everyValue(value: unknown, depth: number): Generator<{ value: unknown; depth: number; keys: string[] }> {
  const inner = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  yield { value, depth, keys: Array.isArray(value) ? [] : inner.map(([name]) => name) };
  for (const [, member] of inner) yield* everyValue(member, depth + 1);
}

function read(properties: Record<string, unknown>): ReturnType<typeof readProperties> | null {
  try {
    return readProperties(properties);
  } catch (error) {
    if (isCairnError(error)) return null;
    throw error;
  }
}

describe('readProperties', () => {
  it('refuses what breaks a rule and nothing else, and gives the texts of the rest', () => {
    fc.assert(
      fc.property(object, (properties) => {
        const texts = read(properties);
        expect(texts === null).toBe(breaksARule(properties));
        if (texts !== null) expect(texts).toEqual({ json: JSON.stringify(properties), canonical: canonicalJson(properties) });
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows keys that JavaScript puts in an order of its own', () => {
    expect(readProperties({ '10': 1, '9': 1 })).toEqual({ json: '{"9":1,"10":1}', canonical: '{"10":1,"9":1}' });
    expect(readProperties({ b: [{ d: 1, c: -0 }], '': 0 })).toEqual({
      json: '{"b":[{"d":1,"c":0}],"":0}',
      canonical: '{"":0,"b":[{"c":0,"d":1}]}',
    });
    expect(readProperties(undefined)).toEqual({ json: '{}', canonical: '{}' });
  });
});
