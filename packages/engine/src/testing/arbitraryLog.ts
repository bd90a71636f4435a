import fc from 'fast-check';
import type { OnPublish } from '../packs/pack.js';
import type { Entry } from './LateEvaluation.js';
import { achievement } from './makeCatalogue.js';
import { makeEvent, SUNDAY } from './makeEvent.js';

export const events: fc.Arbitrary<Entry> = fc
  .tuple(fc.constantFrom('build.done', 'build.done', 'deploy.done'), fc.nat(40), fc.integer({ min: 0, max: 5 }), fc.boolean())
  .map(([type, day, n, backfill]) => ({
    kind: 'event',
    event: { ...makeEvent({ type, at: SUNDAY + day * 86_400_000, properties: { n } }), backfill },
  }));
const choices: fc.Arbitrary<Entry> = fc
  .constantFrom(
    { type: 'subscription.changed', properties: { tier: 'pro' } },
    { type: 'subscription.canceled', properties: {} },
    { type: 'privacy.opted_out', properties: { category: 'health' } },
    { type: 'privacy.opted_in', properties: { category: 'health' } },
    { type: 'profile.updated', properties: { timezone: 'Asia/Tokyo' } },
  )
  .chain((parts) => fc.boolean().map((backfill) => ({ kind: 'event', event: { ...makeEvent({ ...parts, at: SUNDAY }), backfill } })));

/** Definitions of one pack, of which each publication takes some, in one form or another. */
export const packs: fc.Arbitrary<Entry> = fc
  .record({
    count: fc.option(
      fc.record({
        threshold: fc.integer({ min: 1, max: 6 }),
        on_publish: onPublish(),
        more: fc.constantFrom({}, { tier_required: 'pro' }),
      }),
    ),
    each: fc.option(fc.record({ threshold: fc.integer({ min: 1, max: 3 }), on_publish: onPublish() })),
    every: fc.option(fc.record({ threshold: fc.integer({ min: 2, max: 5 }), on_publish: onPublish() })),
    levels: fc.option(fc.record({ threshold: fc.integer({ min: 1, max: 4 }), on_publish: onPublish() })),
    both: fc.option(fc.record({ threshold: fc.integer({ min: 1, max: 2 }), on_publish: onPublish() })),
    xp: fc.option(
      fc.record({
        threshold: fc.integer({ min: 5, max: 60 }),
        on_publish: onPublish(),
        more: fc.constantFrom({}, { tier_required: 'pro' }),
      }),
    ),
    rule: fc.option(
      fc.record({ amount: fc.constantFrom(1, 2, 'properties.n'), cap: fc.constantFrom({}, { cap: { per: 'week', amount: 3 } }) }),
    ),
  })
  .map(({ count, each, every, levels, both, xp, rule }) => ({
    kind: 'publish',
    pack: {
      achievements: [
        ...when(count, ({ threshold, on_publish, more }) => [
          'count',
          { type: 'count', event: 'build.done', threshold },
          { on_publish, xp_reward: 5, ...more },
        ]),
        ...when(each, ({ threshold, on_publish }) => [
          'each',
          { type: 'count', event: 'build.*', threshold, window: { calendar: 'week' } },
          { on_publish, xp_reward: 3, repeat: 'each_period', category: 'health' },
        ]),
        ...when(every, ({ threshold, on_publish }) => [
          'every',
          { type: 'sum', event: 'build.done', value: 'properties.n', threshold },
          { on_publish, xp_reward: 2, repeat: 'every_threshold' },
        ]),
        ...when(levels, ({ threshold, on_publish }) => [
          'levels',
          { type: 'distinct', event: '>', value: 'properties.n' },
          {
            on_publish,
            levels: [
              { name: 'a', threshold, xp_reward: 1 },
              { name: 'b', threshold: threshold + 2, xp_reward: 4 },
            ],
          },
        ]),
        ...when(both, ({ threshold, on_publish }) => [
          'both',
          { type: 'achievements', slugs: ['count', 'each', 'levels', 'other'], threshold },
          { on_publish, xp_reward: 7 },
        ]),
        ...when(xp, ({ threshold, on_publish, more }) => ['xp', { type: 'xp', threshold }, { on_publish, xp_reward: 2, ...more }]),
        ...when({ threshold: 3 }, ({ threshold }) => ['other', { type: 'count', event: 'deploy.done', threshold }, { xp_reward: 5 }]),
        ...when({ threshold: 20 }, ({ threshold }) => ['rich', { type: 'xp', threshold }, { xp_reward: 1 }]),
      ],
      xp_rules: rule === null ? [] : [{ id: 'r', event: 'deploy.done', amount: rule.amount, ...rule.cap }],
    },
  }));

function onPublish(): fc.Arbitrary<OnPublish> {
  return fc.constantFrom('recount', 'recount', 'recount', 'continue', 'restart');
}

function when<T>(value: T | null, make: (value: T) => [string, object, object]): Record<string, unknown>[] {
  if (value === null) return [];
  const [slug, criteria, more] = make(value);
  return [achievement(slug, { criteria, ...more })];
}

const given = ['count', 'each', 'every', 'levels', 'both', 'xp', 'other'];
/** Not those that a list holds: whether they were held when the list was completed is not known once they are taken back. */
const taken = ['every', 'both', 'xp', 'rich'];
const changes: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), slug: fc.constantFrom(...given) }),
  fc.record({ kind: fc.constant('revoke' as const), slug: fc.constantFrom(...taken) }),
  fc.constantFrom<Entry>({ kind: 'configure', tierOrder: ['free', 'pro'] }, { kind: 'configure', tierOrder: ['pro', 'free'] }),
);

export const logs = fc.array(
  fc.oneof(
    { weight: 14, arbitrary: events },
    { weight: 2, arbitrary: choices },
    { weight: 2, arbitrary: packs },
    { weight: 2, arbitrary: changes },
  ),
  {
    maxLength: 50,
  },
);
export const lateness = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 });
