import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AchievementDefinition } from './pack.js';
import { parsePack } from './parsePack.js';

type Json = Record<string, unknown>;
const count: Json = { type: 'count', event: 'a.b', threshold: 1 };
const item = (fields: Json = {}): Json => ({ slug: 'it', name: 'It', reason: 'A test.', criteria: count, ...fields });
const issuesOf = (input: unknown): string[] => {
  const parsed = parsePack(input);
  return parsed.ok ? [] : parsed.issues.map(({ path, code }) => `${path} ${code}`);
};
const issuesOfItem = (fields: Json): string[] => issuesOf({ pack: 'p', achievements: [item(fields)] });
const issuesOfCriteria = (criteria: Json): string[] =>
  issuesOfItem({ criteria }).map((issue) => issue.replace('achievements[0].criteria.', ''));

describe('a pack', () => {
  test('is taken as the contract writes it, and its defaults are filled in', () => {
    const parsed = parsePack({
      pack: 'incident-response',
      achievements: [
        {
          slug: 'steady-responder',
          name: 'Steady Responder',
          description: 'Resolve three Sev-2 incidents in a calendar month.',
          reason: 'We want responders to close the loop, so that the on-call load is shared.',
          category: 'operations',
          sensitive: false,
          rarity: 'uncommon',
          xp_reward: 50,
          tier_required: null,
          scope: 'user',
          criteria: {
            type: 'count',
            event: 'incident.resolved',
            where: 'properties.severity == "sev2"',
            threshold: 3,
            window: { calendar: 'month' },
          },
          repeat: 'once',
          message: 'You resolved {value} Sev-2 incidents this month and unlocked {name}.',
        },
        item({ criteria: { type: 'streak', event: ['a.b', 'c.>'], every: 'day', threshold: 3, skip: ['sun', 'sat'] } }),
      ],
      xp_rules: [{ id: 'r', event: 'a.b', amount: 'properties.n', cap: { per: 'week', amount: 10 } }],
      ranks: [{ name: 'Novice', xp: 0 }],
    });
    const streak: AchievementDefinition = {
      slug: 'it',
      name: 'It',
      description: '',
      reason: 'A test.',
      category: 'general',
      sensitive: false,
      rarity: 'common',
      xpReward: 0,
      tierRequired: null,
      scope: 'user',
      criteria: { type: 'streak', event: ['a.b', 'c.>'], where: null, threshold: 3, every: 'day', min: 1, grace: 0, skip: ['sun', 'sat'] },
      levels: null,
      repeat: 'once',
      onPublish: 'recount',
      onRetract: 'keep',
      message: null,
    };
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        pack: 'incident-response',
        achievements: [{ xpReward: 50, criteria: { window: { calendar: 'month' } } }, streak],
        xpRules: [{ where: null, amount: 'properties.n' }],
      },
    });
  });

  test('has thresholds that follow from what it lists', () => {
    const steps = ['a', 'b'].map((id) => ({ id, event: 'a.b' }));
    const parsed = parsePack({
      pack: 'p',
      achievements: [
        item({ criteria: { type: 'checklist', steps } }),
        item({ slug: 'x', criteria: { type: 'achievements', slugs: ['it', 'y'] } }),
        item({ slug: 'm', criteria: { type: 'manual' } }),
      ],
    });
    expect(parsed.ok && parsed.value.achievements.map(({ criteria }) => criteria.threshold)).toEqual([2, 2, 1]);
  });

  test('may be empty, but has to be an object with a name', () => {
    expect(issuesOf({ pack: 'p' })).toEqual([]);
    for (const nothing of [null, 1, 'x', []]) expect(issuesOf(nothing)).toEqual([' not_an_object', 'pack missing_field']);
  });

  test('that repeats itself or waits for itself is refused', () => {
    expect(issuesOf({ pack: 'p', achievements: [item(), item()] })).toEqual(['achievements[1] duplicate']);
    expect(issuesOf({ pack: 'p', xp_rules: ['r', 'r'].map((id) => ({ id, event: 'a.b', amount: 1 })) })).toEqual(['xp_rules[1] duplicate']);
    const waiting = (slug: string, on: string) => item({ slug, criteria: { type: 'achievements', slugs: [on] } });
    expect(issuesOf({ pack: 'p', achievements: [waiting('a', 'b'), waiting('b', 'c'), waiting('c', 'a')] })).toEqual([
      'achievements[0].criteria.slugs cycle',
    ]);
    expect(
      issuesOf({
        pack: 'p',
        ranks: [
          { name: 'a', xp: 5 },
          { name: 'b', xp: 5 },
        ],
      }),
    ).toEqual(['ranks[1].xp not_ascending']);
  });
});

describe('an issue', () => {
  test.each<[Json, string]>([
    [{ slug: 'Not a slug' }, 'achievements[0].slug invalid_field'],
    [{ name: undefined }, 'achievements[0].name missing_field'],
    [{ reason: '  ' }, 'achievements[0].reason invalid_field'],
    [{ xp_reward: 1.5 }, 'achievements[0].xp_reward invalid_field'],
    [{ xp_reward: 1e12 }, 'achievements[0].xp_reward invalid_field'],
    [{ rarity: 'mythic' }, 'achievements[0].rarity invalid_field'],
    [{ sensitive: 'yes' }, 'achievements[0].sensitive invalid_field'],
    [{ xpReward: 5 }, 'achievements[0].xpReward unknown_field'],
    [{ scope: 'team', criteria: { type: 'xp', threshold: 100 } }, 'achievements[0].scope team_without_xp'],
    [{ repeat: 'each_period' }, 'achievements[0].repeat invalid_field'],
    [{ repeat: 'every_threshold', criteria: { ...count, window: { calendar: 'day' } } }, 'achievements[0].repeat invalid_field'],
    [{ levels: [] }, 'achievements[0].levels invalid_field'],
    [{ reason: 'a\0b' }, 'achievements[0].reason invalid_field'],
    [{ message: 'a\ud800b' }, 'achievements[0].message invalid_field'],
    [{ criteria: { ...count, where: 'properties.s == "\0"' } }, 'achievements[0].criteria.where invalid_field'],
    [{ criteria: null }, 'achievements[0].criteria not_an_object'],
  ])('of %j is at %s', (fields, issue) => {
    expect(issuesOfItem(fields)[0]).toBe(issue);
  });

  test.each<[Json, string[]]>([
    [{ ...count, threshold: 0 }, ['threshold invalid_field']],
    [{ ...count, threshold: 2.5 }, ['threshold invalid_field']],
    [{ ...count, threshold: '3' }, ['threshold invalid_field']],
    [{ ...count, event: 'Build.Done' }, ['event invalid_event']],
    [{ ...count, event: ['a.b', 'a.>.b'] }, ['event[1] invalid_event']],
    [{ ...count, event: 'a.b.c.d.e.f.g' }, ['event invalid_event']],
    [{ ...count, event: [] }, ['event missing_field']],
    [{ ...count, where: 'properties.n +' }, ['where invalid_expression']],
    [{ ...count, where: 'properties.n + 1' }, ['where invalid_expression']],
    [{ ...count, where: 'nothing == 1' }, ['where invalid_expression']],
    [{ ...count, window: { rolling: '30d' } }, []],
    [{ ...count, window: { calendar: 'decade' } }, ['window.calendar invalid_field']],
    [{ ...count, window: 'month' }, ['window not_an_object', 'window.calendar missing_field']],
    [{ ...count, value: '1' }, ['value unknown_field']],
    [{ type: 'sum', event: 'a.b', threshold: 1 }, ['value missing_field']],
    [{ type: 'sum', event: 'a.b', value: '1', threshold: 0 }, ['threshold invalid_field']],
    [{ type: 'max', event: 'a.b', value: '1', threshold: -5 }, []],
    [{ type: 'latest', event: 'a.b', value: '1', threshold: 1, window: { calendar: 'day' } }, ['window invalid_field']],
    [{ type: 'distinct', event: 'a.b', value: 'properties.n', threshold: 1_000_000 }, ['threshold invalid_field']],
    [{ type: 'streak', event: 'a.b', threshold: 3 }, ['every missing_field']],
    [{ type: 'streak', event: 'a.b', threshold: 3, every: 'week', skip: ['sat'] }, ['skip invalid_field']],
    [{ type: 'streak', event: 'a.b', threshold: 3, every: 'day', skip: ['sat', 'funday'] }, ['skip[1] invalid_field']],
    [{ type: 'checklist' }, ['steps missing_field']],
    [{ type: 'checklist', steps: [{ id: 'a', event: 'a.b' }], threshold: 2 }, ['threshold never_met']],
    [{ type: 'achievements', slugs: ['a', 'a'] }, ['slugs duplicate']],
    [{ type: 'sequence', steps: [] }, ['steps missing_field']],
    [{ type: 'ratio', event: 'a.b', success: 'true', min: 3, threshold: 0.5 }, []],
    [{ type: 'ratio', event: 'a.b', success: 'false', min: 3, threshold: 0.5 }, ['success never_met']],
    [{ type: 'ratio', event: 'a.b', success: 'true', min: 3, threshold: 90 }, ['threshold invalid_field']],
    [{ type: 'manual', threshold: 2 }, ['threshold invalid_field']],
  ])('of the criteria %j is %j', (criteria, issues) => {
    expect(issuesOfCriteria(criteria)).toEqual(issues);
  });

  test('of levels says what is wrong with their order and their rewards', () => {
    const level = (name: string, threshold: number) => ({ name, threshold, xp_reward: 1 });
    const counted = { type: 'count', event: 'a.b' };
    expect(issuesOfItem({ criteria: counted, levels: [level('a', 1), level('b', 2)] })).toEqual([]);
    const many = Array.from({ length: 51 }, (_, i) => level(`l${String(i)}`, i + 1));
    expect(issuesOfItem({ criteria: counted, levels: many })).toEqual(['achievements[0].levels invalid_field']);
    expect(issuesOfItem({ criteria: counted, levels: [level('a', 2), level('b', 2)] })).toEqual([
      'achievements[0].levels[1].threshold not_ascending',
    ]);
    expect(issuesOfItem({ criteria: count, levels: [level('a', 1)] })).toEqual(['achievements[0].criteria.threshold threshold_and_levels']);
    expect(issuesOfItem({ criteria: counted, levels: [level('a', 1)], xp_reward: 5 })).toEqual([
      'achievements[0].xp_reward xp_reward_and_levels',
    ]);
    expect(issuesOfItem({ criteria: { type: 'checklist', steps: [{ id: 'a', event: 'a.b' }] }, levels: [level('a', 3)] })).toEqual([
      'achievements[0].levels[0].threshold never_met',
    ]);
  });

  const distinct = { type: 'distinct', event: 'a.b', threshold: 3 };
  const closed = 'properties.k in ["a", "b", "b"] && properties.n > 1.0';
  test.each<[Json, string[]]>([
    [{ ...distinct, value: 'properties.n > 1.0' }, ['threshold never_met']],
    [{ ...distinct, value: 'properties.n > 1.0', threshold: 2 }, []],
    [{ ...distinct, value: '"same"', threshold: 2 }, ['threshold never_met']],
    [{ ...distinct, value: 'event.type', event: ['a.b', 'c.d'] }, ['threshold never_met']],
    [{ ...distinct, value: 'event.type', event: ['a.b', 'c.*'] }, []],
    [{ ...distinct, value: 'properties.k', where: closed }, ['threshold never_met']],
    [{ ...distinct, value: 'properties.k', where: closed, threshold: 2 }, []],
    [{ ...distinct, value: 'properties.other', where: closed }, []],
    [{ ...distinct, value: 'properties.k', where: 'properties.k == "a" || properties.n > 1.0' }, []],
    [{ type: 'max', event: 'a.b', value: '1', threshold: 2 }, ['threshold never_met']],
    [{ type: 'latest', event: 'a.b', value: '1', threshold: 1 }, []],
    [{ type: 'sum', event: 'a.b', value: '0', threshold: 1 }, ['threshold never_met']],
    [{ type: 'sum', event: 'a.b', value: '1', threshold: 100 }, []],
    [{ ...count, where: false }, ['where never_met']],
    [{ ...count, where: 'properties.n > 1.0 && (false || false)' }, ['where never_met']],
    [{ ...count, where: 'event.type == "a.c"' }, ['where never_met']],
    [{ ...count, where: 'properties.x && event.type in ["a.c", "a.b.c"]' }, ['where never_met']],
    [{ ...count, event: ['a.*', 'c.>'], where: '"b.c" == event.type' }, ['where never_met']],
    [{ ...count, event: ['a.*', 'c.>'], where: 'event.type == "a.b" || event.type == "x.y"' }, []],
    [{ ...count, event: ['a.*', 'c.>'], where: 'event.type in ["x.y", "c.d.e"]' }, []],
    [{ ...count, where: 'event.type != "a.c" && properties.type == "a.c"' }, []],
    [{ type: 'checklist', steps: [{ id: 'a', event: 'a.b', where: 'false' }] }, ['steps[0].where never_met']],
    [{ type: 'manual', on: { event: 'a.b', where: 'false' } }, ['on.where never_met']],
  ])('of %j, which can never be met, is %j', (criteria, issues) => {
    expect(issuesOfCriteria(criteria)).toEqual(issues);
  });

  test('of a level that can never be met is at that level', () => {
    const levels = [1, 2, 3].map((threshold) => ({ name: `l${String(threshold)}`, threshold, xp_reward: 1 }));
    expect(issuesOfItem({ criteria: { type: 'distinct', event: 'a.b', value: 'has(properties.x)' }, levels })).toEqual([
      'achievements[0].levels[2].threshold never_met',
    ]);
  });

  test('names the field that was probably meant', () => {
    const parsed = parsePack({ pack: 'p', achievements: [item({ criteria: { ...count, treshold: 3 } })] });
    expect(!parsed.ok && parsed.issues[0]?.message).toContain('did you mean threshold?');
  });
});

describe('any input at all', () => {
  test('gives issues or a pack, and never throws', () => {
    const keys = fc.constantFrom(
      'pack',
      'achievements',
      'xp_rules',
      'ranks',
      'slug',
      'name',
      'reason',
      'criteria',
      'levels',
      'type',
      'event',
      'where',
      'value',
      'threshold',
      'window',
      'steps',
      'on',
      'cap',
      '__proto__',
      'constructor',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.constantFrom<unknown>('count', 'streak', 'a.b', 'properties.n', 3),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 8 }),
      ),
    }));
    fc.assert(
      fc.property(value, (input) => {
        for (const whole of [
          input,
          { pack: 'p', achievements: [input] },
          { pack: 'p', achievements: [item({ criteria: input })] },
          { pack: 'p', xp_rules: [input], ranks: [input] },
        ]) {
          const parsed = parsePack(whole);
          if (!parsed.ok) expect(parsed.issues.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
