import fc from 'fast-check';
import { parsePack } from '../packs/parsePack.js';
import type { PlainCriteria } from './naiveCriteria.js';
import type { PlainAchievement, PlainPack } from './naiveEngine.js';

const ACHIEVEMENTS_MAX = 6;

const events = fc.constantFrom<string | string[]>('build.done', 'build.*', '>', ['build.failed', 'deploy.done'], 'build.>');
const wheres = fc.constantFrom(
  {},
  {},
  { where: 'properties.n > 2' },
  { where: 'properties.s == "a"' },
  { where: 'properties.s in ["a", "b"]' },
);
const whole = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const numbers = fc.constantFrom('properties.n', 'properties.n - 3.0');
const scalars = fc.constantFrom('properties.n', 'properties.s');
const calendars = fc.constantFrom('day', 'week', 'month', 'quarter', 'year').map((calendar) => ({ window: { calendar } }));
const rollings = fc.constantFrom('1h', '36h', '3d', '7d', '2w', '60d').map((rolling) => ({ window: { rolling } }));
const anyWindow = fc.oneof(fc.constant({}), calendars, rollings);
const unmoving = fc.oneof(fc.constant({}), calendars);

const stepLists = fc
  .array(fc.record({ event: events, filter: wheres }), { minLength: 1, maxLength: 4 })
  .map((list) => list.map(({ event, filter }, i) => ({ id: `step-${String(i)}`, event, ...filter })));

type Part = fc.Arbitrary<object>;
/** Criteria made of parts. */
const criteria = (type: string, ...parts: Part[]): fc.Arbitrary<PlainCriteria> =>
  fc.tuple(...parts).map((given) => Object.assign({ type }, ...given) as PlainCriteria);
const field = <T>(name: string, values: fc.Arbitrary<T>): Part => values.map((value) => ({ [name]: value }));

const event = field('event', events);
const anyCriteria: fc.Arbitrary<PlainCriteria> = fc.oneof(
  criteria('count', event, wheres, field('threshold', whole(12)), anyWindow),
  criteria('sum', event, wheres, field('value', numbers), field('threshold', whole(60)), anyWindow),
  criteria('max', event, wheres, field('value', numbers), field('threshold', whole(9)), unmoving),
  criteria('latest', event, wheres, field('value', numbers), field('threshold', whole(9))),
  criteria('distinct', event, wheres, field('value', scalars), field('threshold', whole(5)), anyWindow),
  criteria(
    'streak',
    event,
    wheres,
    field('threshold', whole(4)),
    field('min', whole(2)),
    field('grace', fc.nat(2)),
    fc.constantFrom({ every: 'day' }, { every: 'week' }, { every: 'month' }, { every: 'day', skip: ['sat', 'sun'] }),
  ),
  criteria('checklist', field('steps', stepLists), anyWindow),
  criteria('sequence', field('steps', stepLists), fc.constantFrom({}, { within: '1h' }, { within: '5d' }, { within: '4w' })),
  criteria(
    'ratio',
    event,
    wheres,
    field('success', fc.constantFrom('properties.n > 5', 'properties.s in ["a", "b"]')),
    field('min', whole(5)),
    field('threshold', fc.constantFrom(0.25, 0.5, 0.75, 1)),
    unmoving,
  ),
);

const circumstances = fc.constantFrom<Partial<PlainAchievement>>(
  {},
  {},
  {},
  { tier_required: 'basic' },
  { tier_required: 'pro' },
  { category: 'health' },
  { category: 'health', sensitive: true },
);

/** The ways of repeating that the criteria allow. */
function repeats({ type, window }: PlainCriteria): fc.Arbitrary<Partial<PlainAchievement>> {
  const isCalendar = window?.calendar !== undefined;
  const counts = (type === 'count' || type === 'sum') && window === undefined;
  return fc.constantFrom<Partial<PlainAchievement>>(
    {},
    ...(isCalendar ? [{ repeat: 'each_period' }] : []),
    ...(counts ? [{ repeat: 'every_threshold' }] : []),
  );
}

const achievements = fc
  .tuple(
    anyCriteria.chain((made) => fc.tuple(fc.constant(made), repeats(made))),
    circumstances,
    fc.nat(20),
  )
  .map(([[made, repeat], about, xp_reward]) => ({ criteria: made, ...repeat, ...about, xp_reward }))
  // A few can never unlock, such as three different values behind a filter that lets one through.
  .filter((made) => parsePack({ pack: 'p', achievements: [{ slug: 'a', name: 'a', reason: 'A test.', ...made }] }).ok);

/** Packs of all kinds of achievements that the naive implementation understands too. */
export const packs: fc.Arbitrary<PlainPack & { pack: string }> = fc
  .tuple(fc.array(achievements, { minLength: 1, maxLength: ACHIEVEMENTS_MAX }), whole(60))
  .map(([made, xp]) => {
    const named = made.map((item, i) => ({ slug: `a${String(i)}`, name: `a${String(i)}`, reason: 'A test.', ...item }));
    const derived = [
      { slug: 'all', criteria: { type: 'achievements', slugs: named.map(({ slug }) => slug) } },
      { slug: 'xp', criteria: { type: 'xp', threshold: xp } },
    ].map((item) => ({ ...item, name: item.slug, reason: 'A test.', xp_reward: 5 }));
    return {
      pack: 'random',
      achievements: [...named, ...derived],
      xp_rules: [{ id: 'effort', event: 'build.done', amount: 'properties.n', cap: { per: 'week', amount: 12 } }],
    };
  });
