import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonicalJson.js';
import { PLATFORMS } from './event.js';
import { deriveEventId, deriveUnlockId, deriveXpEntryId, fingerprintOf, hashEventId, hashIdempotencyKey, payloadText } from './identity.js';
import { partitionOf } from './partition.js';

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UNLOCK = { tenantId: 'default', userId: 'u_12345', slug: 'steady-responder', level: null, period: null };

describe('derived ids', () => {
  it('never change: a rebuild of an old log must give them again', () => {
    expect(deriveUnlockId(UNLOCK)).toMatchInlineSnapshot(`"c4f3330c-ddd6-8dcb-a6ed-f36665e8dd1b"`);
    expect(deriveUnlockId({ ...UNLOCK, level: 'gold', period: '2026-04' })).toMatchInlineSnapshot(`"43de5daf-fec5-8f3f-a2bb-a75a78e468da"`);
    const { userId: _, ...ofTeam } = { ...UNLOCK, teamId: UNLOCK.userId };
    expect(deriveUnlockId(ofTeam)).toMatchInlineSnapshot(`"067466ca-735d-8181-9035-6d693e088c38"`);
    expect(deriveEventId('default', 'desktop-boot-2026-04-12-001')).toMatchInlineSnapshot(`"ec69c922-97a2-849e-a47d-42b35552a74b"`);
    expect(deriveXpEntryId('default', 'u_12345', 'unlock:steady-responder')).toMatchInlineSnapshot(
      `"6e5a72fb-af1e-8aeb-9287-33defa04d064"`,
    );
    expect(hashEventId('evt_01HZX').toString('hex')).toMatchInlineSnapshot(`"c4816ec607cfafa2d665a157459b6739"`);
    expect(hashIdempotencyKey('desktop-boot-2026-04-12-001').toString('hex')).toMatchInlineSnapshot(`"8c8548698b946cab864dd1e5a27167b0"`);
    expect(fingerprintOf('u_12345', 'build.succeeded', 'sha1').toString('hex')).toMatchInlineSnapshot(`"7af5da1ac3f193d51fe31d48ee36d506"`);
  });

  it('are UUIDs, another for each key', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,3}$/);
    const key = fc.record({ tenantId: part, userId: part, slug: part, level: fc.option(part), period: fc.option(part) });
    fc.assert(
      fc.property(key, key, (one, other) => {
        expect(deriveUnlockId(one)).toMatch(UUID_V8);
        expect(deriveUnlockId(one) === deriveUnlockId(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it('keep a level apart from a period', () => {
    expect(deriveUnlockId({ ...UNLOCK, level: 'x' })).not.toBe(deriveUnlockId({ ...UNLOCK, period: 'x' }));
  });

  it('leave a UUID as it is, so that time-ordered ones stay in order', () => {
    expect(hashEventId('0190163d-8694-739b-aea5-966c26f8ad90').toString('hex')).toBe('0190163d8694739baea5966c26f8ad90');
    expect(hashEventId('0190163D-8694-739B-AEA5-966C26F8AD90').toString('hex')).not.toBe('0190163d8694739baea5966c26f8ad90');
  });
});

describe('canonicalJson', () => {
  it('is the same for equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.nat(), { minLength: 1, maxLength: 50 }), (value, shuffle) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reordered(value, cycleOf(shuffle)))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('sorts as RFC 8785 does, by UTF-16 code units', () => {
    const keys = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew',
      '1': 'One',
      '😀': 'Emoji',
      '\u0080': 'Control',
      ö: 'Latin',
    };
    expect(Object.values(JSON.parse(canonicalJson(keys)) as object)).toEqual([
      // JSON.parse puts integer keys first, and so does the order asked for after the control character.
      'One',
      'Carriage Return',
      'Control',
      'Latin',
      'Euro Sign',
      'Emoji',
      'Hebrew',
    ]);
    expect(canonicalJson({ b: undefined, a: [1e21, 0.1, -0, 'ü'] })).toBe('{"a":[1e+21,0.1,0,"ü"]}');
  });
});

describe('payloadText', () => {
  it('is canonical JSON', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const content = fc.record({
      app: fc.option(text),
      occurredAt: fc.integer(),
      platform: fc.constantFrom(...PLATFORMS),
      ref: fc.option(text),
      schemaVersion: fc.nat(),
      teamId: fc.option(text),
      tenantId: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/),
      type: fc.stringMatching(/^[a-z0-9_]+\.[a-z0-9_]+$/),
      userId: text,
    });
    fc.assert(
      fc.property(content, fc.dictionary(text, fc.jsonValue()), (rest, properties) => {
        const propertiesCanonical = canonicalJson(properties);
        expect(payloadText({ ...rest, propertiesCanonical })).toBe(canonicalJson({ ...rest, properties }));
      }),
    );
  });
});

describe('partitionOf', () => {
  it('never changes: the log of an install is partitioned by it', () => {
    expect(['ada', 'ben', 'ü', 'u_12345'].map((user) => partitionOf('default', user, 8))).toMatchInlineSnapshot(`
      [
        5,
        2,
        5,
        1,
      ]
    `);
  });

  it('spreads users evenly', () => {
    const counts = Array<number>(8).fill(0);
    for (let n = 0; n < 8_000; n++) {
      const partition = partitionOf('default', `user-${n}@example.org`, 8);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});

/** One after the other, over and over. */
function cycleOf(numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}

/** The same value with the keys of its objects in another order. */
function reordered(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, random));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Record<string, unknown>).map(([key, member]) => ({ key, member, rank: random() }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(entries.map(({ key, member }) => [key, reordered(member, random)]));
}
