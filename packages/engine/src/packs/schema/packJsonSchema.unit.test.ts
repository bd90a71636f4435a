import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CRITERIA_TYPES } from '../choices.js';
import { parsePackTests } from '../tests/parsePackTests.js';
import { packJsonSchema } from './packJsonSchema.js';

type Json = Record<string, unknown>;
const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true }).compile(
  packJsonSchema(),
);

const count: Json = { type: 'count', event: 'a.b', threshold: 1 };
const item = (fields: Json = {}): Json => ({ slug: 'it', name: 'It', reason: 'A test.', criteria: count, ...fields });
const of = (criteria: Json, fields: Json = {}): Json => ({ pack: 'p', achievements: [item({ criteria, ...fields })] });
const steps = [
  { id: 'a', event: 'a.b' },
  { id: 'b', event: ['c.d', 'e.>'], where: 'properties.n > 1.0' },
];
const tested = (fields: Json, expected: unknown = { unlocks: ['it'] }): Json => ({
  pack: 'p',
  achievements: [item()],
  tests: [{ name: 'a case', when: [{ type: 'a.b' }], ...Object.fromEntries([['then', expected]]), ...fields }],
});
const levels = [
  { name: 'bronze', threshold: 1, xp_reward: 5 },
  { name: 'silver', threshold: 2 },
];

const good: Json[] = [
  { pack: 'p' },
  { pack: 'p', $schema: 'https://example.com/pack.json', achievements: [] },
  of(count),
  of({ type: 'count', event: ['a.b', '*.c'], where: true, threshold: 3, window: { rolling: '30d' } }),
  of({ type: 'count', event: '>', threshold: 3, window: 'lifetime' }),
  of({ type: 'sum', event: 'a.b', value: 'properties.n', threshold: 0.5 }, { repeat: 'every_threshold' }),
  of({ type: 'max', event: 'a.b', value: 'properties.n', threshold: -3, window: { calendar: 'quarter' } }),
  of({ type: 'latest', event: 'a.b', value: 5, threshold: 3 }),
  of({ type: 'distinct', event: 'a.b', value: 'properties.repo' }, { levels }),
  of({ type: 'streak', event: 'a.b', every: 'day', threshold: 5, grace: 1, skip: ['sat', 'sun'], min: 2 }),
  of({ type: 'checklist', steps }),
  of({ type: 'checklist', steps, threshold: 1, window: { calendar: 'week' } }, { repeat: 'each_period' }),
  of({ type: 'sequence', steps, within: '7d' }),
  of({ type: 'ratio', event: 'a.b', success: 'properties.ok == true', min: 10, threshold: 0.9 }),
  of({ type: 'xp', threshold: 100 }),
  of({ type: 'achievements', slugs: ['other'] }),
  of({ type: 'manual' }, { tier_required: null, message: null, sensitive: true, scope: 'user', on_publish: 'restart' }),
  of({ type: 'manual', on: { event: 'a.b', where: 'has(properties.x)' } }),
  {
    pack: 'p',
    xp_rules: [
      { id: 'r', event: 'a.b', amount: 5, cap: { per: 'day', amount: 10 } },
      { id: 's', event: 'a.b', amount: 'properties.n' },
    ],
    ranks: [{ name: 'Néophyte', xp: 0 }],
  },
  tested({}),
  tested(
    { timezone: 'Europe/Berlin', given: [{ grant: 'it', user: 'ada', after: '1d' }], when: [] },
    { unlocks: [], xp: 0, progress: { it: 1 }, users: { 'ada@example.com': { not_unlocked: ['it'] } } },
  ),
  tested({
    when: [
      {
        type: 'a.b',
        at: '2026-01-01T00:00:00Z',
        times: 3,
        every: '30m',
        properties: { a: '{n}' },
        team: 't',
        source: { platform: 'ci', app: 'x', ref: 'y' },
      },
    ],
  }),
];

const bad: Json[] = [
  {},
  { pack: 'Not a slug' },
  { pack: 'p', achievments: [] },
  { pack: 'p', achievements: {} },
  ...['slug', 'name', 'reason', 'criteria'].map((missing) => of(count, { [missing]: undefined })),
  of(count, { slug: 'X' }),
  of(count, { name: 'a\nb' }),
  of(count, { reason: '   ' }),
  of(count, { rarity: 'mythic' }),
  of(count, { xp_reward: 1.5 }),
  of(count, { xp_reward: 1e12 }),
  of(count, { sensitive: 'yes' }),
  of(count, { scope: 'tenant' }),
  of(count, { repeat: 'twice' }),
  of(count, { repeat: 'each_period' }),
  of({ ...count, window: { rolling: '30d' } }, { repeat: 'each_period' }),
  of({ ...count, window: { calendar: 'day' } }, { repeat: 'every_threshold' }),
  of({ type: 'max', event: 'a.b', value: 'properties.n', threshold: 1 }, { repeat: 'every_threshold' }),
  of(count, { on_publish: 'forget' }),
  of(count, { xpReward: 3 }),
  of(count, { levels }),
  of({ type: 'count', event: 'a.b' }, { levels: [] }),
  of({ type: 'count', event: 'a.b' }, { levels, xp_reward: 3 }),
  of({ type: 'count', event: 'a.b' }, { levels: [{ name: 'bronze' }] }),
  of({ type: 'manual' }, { levels }),
  of({ type: 'counts', event: 'a.b', threshold: 1 }),
  of({ event: 'a.b', threshold: 1 }),
  of({ type: 'count', event: 'a.b' }),
  of({ type: 'count', threshold: 1 }),
  of({ ...count, threshold: 0 }),
  of({ ...count, threshold: '3' }),
  of({ ...count, event: 'Build.Done' }),
  of({ ...count, event: 'a.b.c.d.e.f.g' }),
  of({ ...count, event: 'a.>.b' }),
  of({ ...count, event: [] }),
  of({ ...count, value: 'properties.n' }),
  of({ ...count, window: { calendar: 'decade' } }),
  of({ ...count, window: { rolling: '30 days' } }),
  of({ ...count, window: 'month' }),
  of({ ...count, where: 3 }),
  of({ type: 'sum', event: 'a.b', threshold: 1 }),
  of({ type: 'sum', event: 'a.b', value: '1', threshold: 0 }),
  of({ type: 'max', event: 'a.b', value: 'properties.n', threshold: 1, window: { rolling: '1d' } }),
  of({ type: 'latest', event: 'a.b', value: 'properties.n', threshold: 1, window: { calendar: 'day' } }),
  of({ type: 'distinct', event: 'a.b', value: 'properties.n', threshold: 1_000_000 }),
  of({ type: 'streak', event: 'a.b', threshold: 3 }),
  of({ type: 'streak', event: 'a.b', threshold: 3, every: 'year' }),
  of({ type: 'streak', event: 'a.b', threshold: 3, every: 'day', skip: ['funday'] }),
  of({ type: 'streak', event: 'a.b', threshold: 3, every: 'day', grace: -1 }),
  of({ type: 'checklist' }),
  of({ type: 'checklist', steps: [{ event: 'a.b' }] }),
  of({ type: 'sequence', steps, within: 'a week' }),
  of({ type: 'sequence', steps, window: { calendar: 'day' } }),
  of({ type: 'ratio', event: 'a.b', success: 'properties.ok', threshold: 0.5 }),
  of({ type: 'ratio', event: 'a.b', success: 'properties.ok', min: 3, threshold: 90 }),
  of({ type: 'achievements', slugs: [] }),
  of({ type: 'achievements', slugs: ['a', 'a'] }),
  of({ type: 'manual', threshold: 1 }),
  of({ type: 'manual', on: { where: 'true' } }),
  { pack: 'p', xp_rules: [{ id: 'r', event: 'a.b' }] },
  { pack: 'p', xp_rules: [{ id: 'r', event: 'a.b', amount: 1.5 }] },
  { pack: 'p', xp_rules: [{ id: 'r', event: 'a.b', amount: 1, cap: { per: 'year', amount: 1 } }] },
  { pack: 'p', ranks: [{ name: 'x' }] },
  { pack: 'p', tests: [{}] },
  tested({}, {}),
  tested({}, { unlock: ['it'] }),
  tested({ when: [{ type: 'Build' }] }),
  tested({ when: [{ type: 'a.b', times: 0 }] }),
  tested({ when: [{ type: 'a.b', every: 'day' }] }),
  tested({ when: [{ type: 'a.b', source: { platform: 'mac' } }] }),
  tested({ when: [{ grant: 'it', times: 2 }] }),
  tested({}, { progress: { it: 'one' } }),
  tested({}, { users: { ada: {} } }),
];

/** As it comes out of a file: without what is undefined. */
const written = (pack: Json): unknown => JSON.parse(JSON.stringify(pack)) as unknown;

/** Every member of every object and list below. */
function placesIn(node: unknown): [holder: Json | unknown[], key: string][] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => [[node as Json, key] as [Json, string], ...placesIn(child)]);
}

describe('the JSON Schema of packs', () => {
  test.each(good)('takes what the engine takes: %j', (pack) => {
    expect(parsePackTests(written(pack))).toMatchObject({ ok: true });
    validate(written(pack));
    expect(validate.errors).toBe(null);
  });

  test.each(bad)('refuses what the engine refuses: %j', (pack) => {
    expect(parsePackTests(written(pack)).ok).toBe(false);
    expect(validate(written(pack))).toBe(false);
  });

  test('refuses nothing that the engine takes, in packs changed at random', () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        'count',
        'a.b',
        'properties.n',
        'it',
        '30d',
        'day',
        true,
        0,
        1,
        2.5,
        -3,
        '',
        [],
        {},
        ['a.b'],
        { calendar: 'month' },
        { rolling: '1w' },
      ),
      fc.string({ maxLength: 5 }),
      fc.integer(),
    );
    const change = fc.record({ pack: fc.constantFrom(...good), place: fc.nat(), value, isRemoved: fc.boolean() });
    let taken = 0;
    fc.assert(
      fc.property(change, ({ pack, place, value: put, isRemoved }) => {
        const changed = written(pack);
        const places = placesIn(changed);
        const [holder, key] = places[place % places.length] ?? [];
        if (holder === undefined || key === undefined) return;
        if (Array.isArray(holder)) holder.splice(Number(key), 1, ...(isRemoved ? [] : [put]));
        else if (isRemoved) delete holder[key];
        else holder[key] = put;
        if (!parsePackTests(changed).ok) return;
        taken += 1;
        validate(changed);
        expect(validate.errors).toBe(null);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test('knows every criterion', () => {
    const { oneOf } = (packJsonSchema().$defs as { criteria: { oneOf: { properties: { type: { const: string } } }[] } }).criteria;
    expect(oneOf.map(({ properties }) => properties.type.const)).toEqual(CRITERIA_TYPES);
  });

  test('describes every field', () => {
    const undescribed: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null || path.endsWith('/if') || path.endsWith('/then') || path.endsWith('/else')) return;
      for (const [key, child] of Object.entries(node)) {
        if (
          path.endsWith('/properties') &&
          typeof child === 'object' &&
          child !== null &&
          !('description' in child) &&
          !('$ref' in child) &&
          !('const' in child)
        )
          undescribed.push(`${path}/${key}`);
        visit(child, `${path}/${key}`);
      }
    };
    visit(packJsonSchema(), '');
    expect(undescribed).toEqual([]);
  });
});
