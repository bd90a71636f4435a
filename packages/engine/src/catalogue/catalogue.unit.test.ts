import { describe, expect, test } from 'vitest';
import { achievement, makeCatalogue, makePack } from '../testing/makeCatalogue.js';
import { Catalogue } from './catalogue.js';
import { matchesPattern } from './eventPattern.js';

const count = (threshold = 1) => ({ type: 'count', event: 'build.done', threshold });
const pack = (slugs: Record<string, number>, name = 'one') =>
  makePack({
    pack: name,
    achievements: Object.entries(slugs).map(([slug, threshold]) => achievement(slug, { criteria: count(threshold) })),
  });
const publish = (catalogue: Catalogue, published: ReturnType<typeof pack>, sequence = 1) => {
  const plan = catalogue.planPublish(published, (slug) => (catalogue.definitions.get(slug)?.version ?? 0) + 1);
  return {
    plan,
    catalogue: catalogue.publish(published, plan, { sequence, publishedAt: 5, keyOf: (slug, version) => slug.length * 100 + version }),
  };
};

describe('publishing a pack', () => {
  test('says what is added, changed, unchanged and retired, and gives versions', () => {
    const first = publish(Catalogue.empty(), pack({ a: 1, b: 1, c: 1 })).catalogue;
    const { plan, catalogue } = publish(first, pack({ a: 1, b: 2, d: 1 }), 9);
    expect(plan.changes).toEqual([
      { slug: 'a', change: 'unchanged', version: 1 },
      { slug: 'b', change: 'changed', version: 2 },
      { slug: 'd', change: 'added', version: 1 },
      { slug: 'c', change: 'retired', version: 1 },
    ]);
    expect([...catalogue.definitions.values()].map(({ slug, version, sequence, key }) => [slug, version, sequence, key])).toEqual([
      ['a', 1, 1, 101],
      ['b', 2, 9, 102],
      ['d', 1, 9, 101],
    ]);
    expect([...first.definitions.keys()]).toEqual(['a', 'b', 'c']);
  });

  test('knows a definition again that a store gave back with its fields in another order', () => {
    const published = publish(Catalogue.empty(), pack({ a: 1 })).catalogue;
    const definitions = [...published.definitions.values()].map((one) => ({
      ...one,
      definition: Object.fromEntries(Object.entries(one.definition).reverse()) as unknown as typeof one.definition,
    }));
    const restored = Catalogue.restore({ settings: published.settings, definitions, packs: [] });
    expect(restored.planPublish(pack({ a: 1 }), () => 7).changes).toEqual([{ slug: 'a', change: 'unchanged', version: 1 }]);
  });

  test('refuses a slug of another pack, a tier that is none, and a circle over packs', () => {
    const other = publish(Catalogue.empty(), pack({ a: 1 }, 'other')).catalogue;
    expect(publish(other, pack({ a: 1 })).plan.issues).toMatchObject([{ path: 'achievements[0].slug', code: 'slug_taken' }]);
    const tiered = makePack({ achievements: [achievement('t', { criteria: count(), tier_required: 'gold' })] });
    expect(other.planPublish(tiered, () => 1).issues).toMatchObject([{ code: 'unknown_tier' }]);
    const waiting = (slug: string, on: string, name: string) =>
      makePack({ pack: name, achievements: [achievement(slug, { criteria: { type: 'achievements', slugs: [on] } })] });
    const half = publish(Catalogue.empty(), waiting('x', 'y', 'one')).catalogue;
    expect(half.planPublish(waiting('y', 'x', 'two'), () => 1).issues).toMatchObject([{ code: 'cycle' }]);
  });

  test('says whether rules of XP and ranks change', () => {
    const rules = makePack({ pack: 'one', xp_rules: [{ id: 'r', event: 'a.b', amount: 1 }], ranks: [{ name: 'novice', xp: 0 }] });
    const { plan, catalogue } = publish(Catalogue.empty(), rules);
    expect(plan).toMatchObject({ xpRulesChanged: true, ranksChanged: true });
    expect(catalogue.planPublish(rules, () => 1)).toMatchObject({ xpRulesChanged: false, ranksChanged: false });
  });
});

describe('ranks', () => {
  test('are ranges of XP', () => {
    const catalogue = makeCatalogue({
      ranks: [
        { name: 'novice', xp: 0 },
        { name: 'adept', xp: 100 },
      ],
    });
    expect([-1, 0, 99, 100, 1e9].map((xp) => catalogue.rankOf(xp))).toEqual([null, 'novice', 'novice', 'adept', 'adept']);
  });
});

describe('patterns of event types', () => {
  test.each([
    ['build.succeeded', 'build.succeeded', true],
    ['build.succeeded', 'build.failed', false],
    ['build.*', 'build.failed', true],
    ['build.*', 'build.failed.again', false],
    ['build.*', 'build', false],
    ['*.failed', 'build.failed', true],
    ['build.>', 'build.failed.again', true],
    ['build.>', 'build', false],
    ['>', 'a.b', true],
    ['*.*', 'a.b', true],
    ['*.*', 'a.b.c', false],
  ])('%s and %s: %s', (pattern, type, expected) => {
    expect(matchesPattern(pattern, type)).toBe(expected);
  });
});

describe('the index of rules', () => {
  test('finds the rules of a type, in the order of slugs, and nothing for the others', () => {
    const catalogue = makeCatalogue({
      achievements: [
        achievement('z', { criteria: { ...count(), event: 'build.>' } }),
        achievement('a', { criteria: { ...count(), event: ['build.done', 'x.y'] } }),
        achievement('m', { criteria: count() }),
      ],
    });
    const slugs = (type: string) => catalogue.index.candidatesOf(type).rules.map(({ rule }) => rule.slug);
    expect([slugs('build.done'), slugs('build.other'), slugs('x.y'), slugs('p.q'), slugs('build.done')]).toEqual([
      ['a', 'm', 'z'],
      ['z'],
      ['a'],
      [],
      ['a', 'm', 'z'],
    ]);
  });
});
