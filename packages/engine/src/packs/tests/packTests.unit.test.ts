import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePack } from '../parsePack.js';
import { parsePackTests } from './parsePackTests.js';
import { runPackTest } from './runPackTest.js';

type Json = Record<string, unknown>;

const achievement = (slug: string, criteria: Json, more: Json = {}): Json => ({ slug, name: slug, reason: 'A test.', criteria, ...more });
const achievements = [
  achievement('builder', { type: 'count', event: 'build.done', where: 'properties.ok == true', threshold: 2 }, { xp_reward: 10 }),
  achievement(
    'regular',
    { type: 'streak', event: 'build.done', every: 'day' },
    { levels: [{ name: 'bronze', threshold: 3, xp_reward: 5 }] },
  ),
  achievement('monthly', { type: 'count', event: 'build.done', threshold: 2, window: { calendar: 'month' } }, { repeat: 'each_period' }),
  achievement('people', { type: 'distinct', event: 'met.someone', value: 'properties.who', threshold: 3 }),
  achievement('medal', { type: 'manual' }, { xp_reward: 3 }),
  achievement('all', { type: 'achievements', slugs: ['builder', 'medal'] }, { xp_reward: 100 }),
];
const built: Json = { type: 'build.done', properties: { ok: true } };

/** A case is an object that has `then`, and no promise. */
const then = (expected: unknown): Json => Object.fromEntries([['then', expected]]);
const packOf = (tests: unknown): Json => ({ pack: 'p', achievements, tests });

function issuesOf(tested: Json): string[] {
  const parsed = parsePackTests(packOf([tested]));
  return parsed.ok ? [] : parsed.issues.map(({ path, code }) => `${path.replace('tests[0].', '')} ${code}`);
}

function failuresOf(tested: Json): string[] {
  const parsed = parsePackTests(packOf([{ name: 'a case', ...tested }]));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const { pack, tests } = parsed.value;
  return tests.flatMap((one) =>
    runPackTest(pack, one).failures.map(({ path, code, message }) => `${path.replace('tests[0].then', '')} ${code}: ${message}`),
  );
}

describe('a case of a pack', () => {
  test('passes where all comes as expected', () => {
    const monthly = 'monthly@2026-04';
    expect(
      failuresOf({ when: [{ ...built, at: '2026-04-01T10:00:00Z' }, built], ...then({ unlocks: [monthly, 'builder'], xp: 10 }) }),
    ).toEqual([]);
    expect(
      failuresOf({ given: [built], when: [built], ...then({ not_unlocked: ['people', 'medal'], progress: { builder: 2, people: 0 } }) }),
    ).toEqual([]);
    expect(
      failuresOf({
        when: [{ ...built, times: 3, every: '1d', at: '2026-04-29T10:00:00Z' }],
        ...then({ unlocks: ['builder', monthly, 'regular:bronze'] }),
      }),
    ).toEqual([]);
    expect(
      failuresOf({ when: [{ type: 'met.someone', times: 3, properties: { who: 'p{n}' } }], ...then({ unlocks: ['people'] }) }),
    ).toEqual([]);
    expect(failuresOf({ when: [], ...then({ unlocks: [] }) })).toEqual([]);
  });

  test('says that who acted has a name, where the expectation names nobody', () => {
    const when = [{ ...built, user: 'ada', times: 2 }];
    const whyOf = (steps: Json[]) => {
      const parsed = parsePackTests(packOf([{ name: 'a case', when: steps, ...then({ unlocks: ['builder'] }) }]));
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
      return parsed.value.tests.flatMap((one) => runPackTest(parsed.value.pack, one).failures).map(({ why }) => why);
    };
    expect(whyOf(when)).toEqual([expect.stringContaining('Those who acted are ada: write then: { users: { ada: { … } } }')]);
    expect(whyOf([...when, built])).toEqual([expect.stringContaining('at 1 of 2')]);
  });

  test('says what did not come, and why', () => {
    const parsed = parsePackTests(packOf([{ name: 'x', when: [built], ...then({ unlocks: ['builder'] }) }]));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const [one] = parsed.value.tests;
    const outcome = one === undefined ? null : runPackTest(parsed.value.pack, one);
    expect(outcome?.failures).toEqual([
      {
        path: 'tests[0].then.unlocks',
        code: 'missing_unlock',
        message: 'builder was not unlocked',
        why: expect.stringMatching(/builder.*1.*2/) as string,
      },
    ]);
  });

  test('says what an expression made of the event that should have counted', () => {
    const filtered = { type: 'count', event: 'build.done', where: 'properties.minutes > 3', threshold: 1 };
    const cases = [{ minutes: 2 }, { minutes: 'five' }].map((properties) => ({
      name: JSON.stringify(properties),
      when: [{ ...built, properties }],
      ...then({ unlocks: ['long'] }),
    }));
    const parsed = parsePackTests({ pack: 'p', achievements: [achievement('long', filtered)], tests: cases });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    const whys = parsed.value.tests.flatMap((one) => runPackTest(parsed.value.pack, one).failures).map(({ why }) => why);
    expect(whys).toEqual([
      expect.stringContaining('The filter properties.minutes > 3 is false: properties.minutes is 2, which is not more than 3.'),
      expect.stringContaining('The filter properties.minutes > 3 could not be evaluated: properties.minutes is "five" (no such overload'),
    ]);
  });

  test('fails where something came that was not expected, or another number', () => {
    expect(
      failuresOf({ given: [built], when: [{ ...built, after: '60d' }], ...then({ unlocks: [], xp: 5, progress: { builder: 3 } }) }),
    ).toEqual([
      '.unlocks unexpected_unlock: builder was unlocked, and nobody expected it',
      '.xp wrong_xp: 5 XP were expected, and 10 came',
      '.progress["builder"] wrong_progress: the value of builder was expected to be 3, and is 2',
    ]);
    expect(failuresOf({ given: [built, built], when: [], ...then({ not_unlocked: ['builder'] }) })).toEqual([
      '.not_unlocked unexpected_unlock: builder was unlocked, and was not to be',
    ]);
  });

  test('tells users apart, and grants by hand', () => {
    expect(
      failuresOf({
        when: [{ ...built, user: 'ada' }, built, { ...built, user: 'ada', after: '40d' }, { grant: 'medal', user: 'ada' }],
        ...then({ unlocks: [], users: { ada: { unlocks: ['builder', 'medal', 'all'], xp: 113 }, 'bob@example.com': { unlocks: [] } } }),
      }),
    ).toEqual([]);
  });

  test('counts for teams what their members do', () => {
    const pack = {
      pack: 'p',
      achievements: [achievement('together', { type: 'count', event: 'build.done', threshold: 2 }, { scope: 'team', xp_reward: 10 })],
      tests: [
        {
          name: 'two members of one team',
          given: [{ ...built, user: 'ada', team: 'red' }],
          when: [
            { ...built, user: 'bob', team: 'red' },
            { ...built, user: 'cleo', team: 'blue' },
          ],
          ...then({
            unlocks: [],
            users: { ada: { unlocks: [], xp: 0 } },
            teams: { red: { unlocks: ['together'], progress: { together: 2 } }, blue: { unlocks: [], progress: { together: 1 } } },
          }),
        },
      ],
    };
    const parsed = parsePackTests(pack);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
    expect(parsed.value.tests.flatMap((one) => runPackTest(parsed.value.pack, one).failures)).toEqual([]);
  });

  test('lives in the time zone that it names, and follows what changes a user', () => {
    const nights = [
      { ...built, at: '2026-01-31T23:30:00Z' },
      { ...built, at: '2026-02-01T00:10:00Z' },
    ];
    expect(failuresOf({ when: nights, ...then({ unlocks: ['builder'] }) })).toEqual([]);
    expect(failuresOf({ timezone: 'Europe/Berlin', when: nights, ...then({ unlocks: ['builder', 'monthly@2026-02'] }) })).toEqual([]);
    const out = { type: 'privacy.opted_out', at: '2026-01-01T00:00:00Z' };
    expect(failuresOf({ given: [out], when: nights, ...then({ unlocks: [], progress: { builder: 0 } }) })).toEqual([]);
  });

  test('is no part of what is published', () => {
    const [plain, tested] = [parsePack({ pack: 'p', achievements }), parsePack(packOf([{ name: 'x', when: [built], ...then({ xp: 0 }) }]))];
    expect(tested).toEqual(plain);
    expect(plain.ok).toBe(true);
  });

  const good: Json = { name: 'x', when: [built], ...then({ unlocks: [] }) };
  test.each<[Json, string[]]>([
    [good, []],
    [{ ...good, name: '' }, ['name invalid_field']],
    [{ ...good, ...then({}) }, ['then missing_field']],
    [{ ...good, ...then(undefined) }, ['then not_an_object']],
    [{ ...good, ...then([{ unlocks: ['builder'] }]) }, ['then not_an_object']],
    [{ ...good, ...then({ unlocks: ['bilder'] }) }, ['then.unlocks[0] unknown_slug']],
    [{ ...good, ...then({ unlocks: ['regular'] }) }, ['then.unlocks[0] unknown_level']],
    [{ ...good, ...then({ unlocks: ['builder:gold'] }) }, ['then.unlocks[0] unknown_level']],
    [{ ...good, ...then({ unlocks: [3] }) }, ['then.unlocks[0] unknown_slug']],
    [{ ...good, ...then({ not_unlocked: ['other'] }) }, ['then.not_unlocked[0] unknown_slug']],
    [{ ...good, ...then({ progress: { other: 1 } }) }, ['then.progress["other"] unknown_slug']],
    [{ ...good, ...then({ progress: { builder: 'two' } }) }, ['then.progress["builder"] invalid_field']],
    [{ ...good, ...then({ users: { ada: { unlock: [] } } }) }, ['then.users["ada"].unlock unknown_field']],
    [{ ...good, ...then({ users: { ada: {} } }) }, ['then.users["ada"] missing_field']],
    [{ ...good, timezone: 'Mars/Olympus' }, ['timezone invalid_field']],
    [{ ...good, when: [{ type: 'Build' }] }, ['when[0].type invalid_field']],
    [{ ...good, when: [{ type: 'build.*' }] }, ['when[0].type invalid_field']],
    [{ ...good, when: [{ ...built, at: 'yesterday' }] }, ['when[0].at invalid_field']],
    [{ ...good, when: [{ ...built, at: '2026-01-01T00:00:00Z', after: '1d' }] }, ['when[0].after invalid_field']],
    [{ ...good, when: [{ ...built, every: 'day' }] }, ['when[0].every invalid_field']],
    [{ ...good, when: [{ ...built, times: 1e6 }] }, ['when[0].times invalid_field', 'when too_large']],
    [{ ...good, when: [{ ...built, propertis: {} }] }, ['when[0].propertis unknown_field']],
    [{ ...good, when: [{ ...built, properties: [] }] }, ['when[0].properties invalid_field']],
    [{ ...good, when: [{ ...built, properties: { a: { b: { c: { d: 1 } } } } }] }, []],
    [{ ...good, when: [{ ...built, properties: { a: { b: { c: { d: {} } } } } }] }, ['when[0].properties invalid_field']],
    [{ ...good, when: [{ ...built, properties: { a: 'x'.repeat(9_000) } }] }, ['when[0].properties invalid_field']],
    [{ ...good, when: [{ ...built, properties: { a: [{ constructor: 1 }] } }] }, ['when[0].properties invalid_field']],
    [{ ...good, when: [{ grant: 'nothing' }] }, ['when[0].grant unknown_slug']],
    [{ ...good, when: [{ ...built, source: { platform: 'mac' } }] }, ['when[0].source.platform invalid_field']],
  ])('%j has the issues %j', (tested, issues) => {
    expect(issuesOf(tested)).toEqual(issues);
  });

  test('of any kind gives issues or runs, and never throws', () => {
    const step = fc.record(
      {
        type: fc.constantFrom('build.done', 'met.someone', 'profile.updated', 'privacy.opted_out', 'subscription.created'),
        at: fc.constantFrom('2026-03-29T01:30:00Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z', 'x'),
        after: fc.constantFrom('1d', '99999w', '0s'),
        times: fc.integer({ min: -1, max: 50 }),
        every: fc.constantFrom('99999w', '1s', '1d'),
        user: fc.constantFrom('ada', '__proto__', 'a.b["c"]'),
        team: fc.constantFrom('red', 'constructor'),
        properties: fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant({ ok: true, timezone: 'Pacific/Apia', tier: 'pro' })),
      },
      { requiredKeys: ['type'] },
    );
    const expected = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        { unlocks: ['builder'] },
        { users: { __proto__: { xp: 0 } } },
        { teams: { red: { unlocks: [] } } },
        { xp: 1, progress: { all: 2, regular: 1 } },
      ),
    );
    let ran = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), fc.array(step, { maxLength: 4 }), expected, (given, when, it) => {
        const parsed = parsePackTests(packOf([{ name: 'x', given, when, ...then(it) }]));
        if (!parsed.ok) {
          expect(parsed.issues.length).toBeGreaterThan(0);
          return;
        }
        for (const one of parsed.value.tests) expect(Array.isArray(runPackTest(parsed.value.pack, one).failures)).toBe(true);
        ran += 1;
      }),
      { numRuns: 500 },
    );
    expect(ran).toBeGreaterThan(10);
  });
});
