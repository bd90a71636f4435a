import { describe, expect, test } from 'vitest';
import type { Pack } from '../pack.js';
import { parsePack } from '../parsePack.js';
import { diffPacks, isDifferent } from './diffPacks.js';

type Json = Record<string, unknown>;
const achievement = (slug: string, more: Json = {}): Json => ({
  slug,
  name: slug,
  reason: 'A test.',
  criteria: { type: 'count', event: 'a.b', threshold: 3 },
  ...more,
});

function packOf(fields: Json): Pack {
  const parsed = parsePack({ pack: 'p', ...fields });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.value;
}

const level = (name: string, threshold: number, xp_reward: number): Json => ({ name, threshold, xp_reward });
const counted = { type: 'count', event: 'a.b' };

describe('the difference of two packs', () => {
  const before = packOf({
    achievements: [achievement('same'), achievement('other'), achievement('gone')],
    ranks: [{ name: 'New', xp: 0 }],
  });

  test('is none where only the writing differs', () => {
    const spelledOut = packOf({
      achievements: ['same', 'other', 'gone'].map((slug) => achievement(slug, { rarity: 'common', xp_reward: 0 })),
      ranks: [{ name: 'New', xp: 0 }],
    });
    expect(isDifferent(diffPacks(before, spelledOut))).toBe(false);
  });

  test('names what is added, changed, retired and unchanged, field by field', () => {
    const criteria = { type: 'count', event: ['a.b', 'a.c'], threshold: 5, window: { calendar: 'month' } };
    const after = packOf({
      achievements: [achievement('same'), achievement('other', { criteria, xp_reward: 7, on_publish: 'restart' }), achievement('new')],
      xp_rules: [{ id: 'r', event: 'a.b', amount: 1 }],
      ranks: [{ name: 'New', xp: 10 }],
    });
    const difference = diffPacks(before, after);
    expect(isDifferent(difference)).toBe(true);
    expect(difference.achievements).toEqual([
      { name: 'same', change: 'unchanged', fields: [], onPublish: null },
      {
        name: 'other',
        change: 'changed',
        onPublish: 'restart',
        fields: expect.arrayContaining([
          { field: 'xp_reward', from: 0, to: 7 },
          { field: 'on_publish', from: 'recount', to: 'restart' },
          { field: 'criteria.event', from: ['a.b'], to: ['a.b', 'a.c'] },
          { field: 'criteria.threshold', from: 3, to: 5 },
          { field: 'criteria.window', from: null, to: { calendar: 'month' } },
        ]) as unknown,
      },
      { name: 'new', change: 'added', fields: [], onPublish: 'recount' },
      { name: 'gone', change: 'retired', fields: [], onPublish: null },
    ]);
    expect(difference.achievements[1]?.fields).toHaveLength(5);
    expect(difference.xpRules).toEqual([{ name: 'r', change: 'added', fields: [] }]);
    expect(difference.ranks).toEqual([{ name: 'New', change: 'changed', fields: [{ field: 'xp', from: 0, to: 10 }] }]);
  });

  test('tells levels and steps apart by their names, and leaves out what follows from them', () => {
    const leveled = (levels: Json[]): Pack => packOf({ achievements: [achievement('it', { criteria: counted, levels })] });
    const difference = diffPacks(
      leveled([level('bronze', 1, 5), level('gold', 10, 50)]),
      leveled([level('bronze', 2, 5), level('silver', 5, 20), level('gold', 10, 60)]),
    );
    expect(difference.achievements[0]?.fields).toEqual([
      { field: 'levels[bronze].threshold', from: 1, to: 2 },
      { field: 'levels[gold].xp_reward', from: 50, to: 60 },
      { field: 'levels[silver]', from: null, to: { name: 'silver', threshold: 5, xp_reward: 20 } },
    ]);
  });

  test('of nothing and a pack is all of it', () => {
    expect(diffPacks(null, before).achievements.map(({ change }) => change)).toEqual(['added', 'added', 'added']);
  });
});
