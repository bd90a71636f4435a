import { PLATFORMS } from '../choices.js';
import { SLUGS_MAX, TEST_EVENTS_MAX, TEST_STEPS_MAX, TEST_SUBJECTS_MAX, TESTS_MAX, THRESHOLD_MAX } from '../limits.js';
import { EVENT_TYPE, LABEL, PAUSE, SLUG, USER_ID } from '../names.js';
import { choice, type JsonSchema, list, name, object, ref, text, whole } from './jsonSchema.js';

const WHEN = {
  at: text('When, such as 2026-04-12T10:15:00Z; some time after the step before where left out.'),
  after: name('How long after the step before.', PAUSE, { default: '1h', examples: ['30m', '1d'] }),
};
const WHO = name('Who acts.', USER_ID, { default: 'someone' });

const EXPECTATION = {
  unlocks: list(
    'All that when unlocks, in any order: slug, slug:level, slug@period or slug:level@period. Empty: nothing.',
    text('An unlock.', { examples: ['steady-responder', 'contributor:bronze', 'active-month@2026-04'] }),
    { max: SLUGS_MAX },
  ),
  not_unlocked: list('Achievements that are not unlocked in the end.', name('A slug.', SLUG), { max: SLUGS_MAX }),
  xp: { type: 'integer', description: 'Total XP in the end.' },
  progress: {
    type: 'object',
    description: 'Values in the end, by slug.',
    maxProperties: TEST_SUBJECTS_MAX,
    propertyNames: { pattern: SLUG.pattern.source },
    additionalProperties: { type: 'number', minimum: -THRESHOLD_MAX, maximum: THRESHOLD_MAX },
  },
};
const EXPECTS_ANYTHING = { minProperties: 1 };

const subjects = (description: string): JsonSchema => ({
  type: 'object',
  description,
  maxProperties: TEST_SUBJECTS_MAX,
  additionalProperties: ref('testExpectation'),
});

/** Parts of cases that stand in more than one place. */
export const TEST_DEFS: Readonly<Record<string, JsonSchema>> = {
  testSteps: list(
    'What happens, in order.',
    {
      anyOf: [
        object('An event, or the same several times.', {
          required: { type: name('The type of the event.', EVENT_TYPE) },
          optional: {
            ...WHEN,
            user: WHO,
            team: name('The team that it counts for as well.', USER_ID),
            properties: { type: 'object', description: 'Its properties. {n} in a text is the number of the repetition, from 1.' },
            source: object('Where it comes from.', {
              optional: {
                platform: choice('The platform.', PLATFORMS),
                app: name('The application.', LABEL),
                ref: text('The reference of what it is about.'),
              },
            }),
            times: whole('How often it happens.', { min: 1, max: TEST_EVENTS_MAX }, { default: 1 }),
            every: name('The time between the repetitions.', PAUSE, { default: '1h' }),
          },
        }),
        object('An achievement that is granted by hand.', {
          required: { grant: name('The slug of the achievement.', SLUG) },
          optional: { ...WHEN, user: WHO, level: name('The level.', SLUG), period: text('The period.') },
        }),
      ],
    },
    { max: TEST_STEPS_MAX },
  ),
  testExpectation: { ...object('What one user or team has in the end.', { optional: EXPECTATION }), ...EXPECTS_ANYTHING },
};

export function testsSchema(): JsonSchema {
  const expected = object('What comes of it. At least one field.', {
    optional: { ...EXPECTATION, users: subjects('What others have, by user.'), teams: subjects('What teams have, by team.') },
  });
  return list(
    'Cases that `cairn packs test` runs: given what happened before, when this happens, then this comes of it.',
    object('A case.', {
      required: Object.fromEntries([
        ['name', text('What it shows.')],
        ['then', { ...expected, ...EXPECTS_ANYTHING }],
      ]),
      optional: {
        timezone: text('The time zone of the tenant, such as Europe/Berlin.', { default: 'UTC' }),
        given: ref('testSteps'),
        when: ref('testSteps'),
      },
    }),
    { max: TESTS_MAX },
  );
}
