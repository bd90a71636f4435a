import { ON_PUBLISH, ON_RETRACT, PER, RARITIES, REPEATS, SCOPES } from '../choices.js';
import { ACHIEVEMENTS_MAX, LEVELS_MAX, RANKS_MAX, THRESHOLD_MAX, XP_AMOUNT_MAX, XP_RULES_MAX } from '../limits.js';
import { LABEL, SLUG } from '../names.js';
import { CRITERIA_DEFS, criteriaSchema, TYPES_WITH_THRESHOLD } from './criteriaSchema.js';
import { choice, conditional, type JsonSchema, list, name, object, ref, text, whole } from './jsonSchema.js';
import { TEST_DEFS, testsSchema } from './testsSchema.js';

const XP_BOUNDS = { min: -XP_AMOUNT_MAX, max: XP_AMOUNT_MAX };
const REWARD = whole('XP that it earns; may be negative.', XP_BOUNDS, { default: 0 });
const orNull = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema.type, 'null'] });

/**
 * The format of packs as a JSON Schema (draft 2020-12), for editors. It says less than `parsePack`, which also compiles expressions and
 * looks at what fits together, and never anything else.
 */
export function packJsonSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A pack of achievements of Cairn',
    ...object('Achievements as code.', {
      required: { pack: name('The name of the pack, unique in the tenant.', SLUG) },
      optional: {
        $schema: { type: 'string', description: 'Where editors find this schema.' },
        achievements: list('The achievements.', achievementSchema(), { max: ACHIEVEMENTS_MAX }),
        xp_rules: list('Events that earn XP by themselves.', xpRuleSchema(), { max: XP_RULES_MAX }),
        ranks: list('The names of ranges of total XP, ascending.', rankSchema(), { max: RANKS_MAX }),
        tests: testsSchema(),
      },
    }),
    $defs: { criteria: criteriaSchema(), ...CRITERIA_DEFS, ...TEST_DEFS },
  };
}

function achievementSchema(): JsonSchema {
  return {
    ...object('An achievement.', {
      required: {
        slug: name('Its name in URLs and tables, unique in the tenant.', SLUG),
        name: name('Its name for people.', LABEL),
        reason: text('Why it exists, in one sentence.'),
        criteria: ref('criteria'),
      },
      optional: {
        description: text('What has to be done, for people.'),
        category: name('What people can opt out of.', LABEL, { default: 'general' }),
        sensitive: { type: 'boolean', description: 'Counts only for users who opted in to the category.', default: false },
        rarity: choice('How rare it looks.', RARITIES, { default: 'common' }),
        xp_reward: REWARD,
        tier_required: orNull(name('The least plan that unlocks it, such as pro.', LABEL, { default: null })),
        scope: choice('Whom it is unlocked for.', SCOPES, { default: 'user' }),
        levels: list('Several unlocks over one value, ascending, in the place of threshold and xp_reward.', levelSchema(), {
          min: 1,
          max: LEVELS_MAX,
        }),
        repeat: choice('How often it unlocks: once, once in each calendar period, or at each multiple of the threshold.', REPEATS, {
          default: 'once',
        }),
        on_publish: choice('What a new version does with the history: count it again, go on, or start from zero.', ON_PUBLISH, {
          default: 'recount',
        }),
        on_retract: choice('What becomes of an unlock when an event that it needs is retracted: it is kept, or revoked.', ON_RETRACT, {
          default: 'keep',
        }),
        message: orNull(text('What the user reads. {value} {threshold} {name} {level} {period} {user} are filled in.')),
      },
    }),
    allOf: [levelsOrThreshold(), periodsNeedACalendar(), multiplesNeedASum()],
  };
}

/** Levels have thresholds and rewards of their own. */
function levelsOrThreshold(): JsonSchema {
  const needsThreshold = { properties: { criteria: { properties: { type: { enum: TYPES_WITH_THRESHOLD } } } } };
  return conditional(
    { required: ['levels'] },
    {
      met: {
        properties: { criteria: { not: { required: ['threshold'] }, properties: { type: { not: { const: 'manual' } } } } },
        not: { required: ['xp_reward'] },
      },
      unmet: conditional(needsThreshold, { met: { properties: { criteria: { required: ['threshold'] } } } }),
    },
  );
}

function periodsNeedACalendar(): JsonSchema {
  const calendar = { type: 'object', required: ['calendar'] };
  return conditional(
    { required: ['repeat'], properties: { repeat: { const: 'each_period' } } },
    { met: { properties: { criteria: { required: ['window'], properties: { window: calendar } } } } },
  );
}

function multiplesNeedASum(): JsonSchema {
  const sums = { properties: { type: { enum: ['count', 'sum'] }, window: { const: 'lifetime' } } };
  return conditional(
    { required: ['repeat'], properties: { repeat: { const: 'every_threshold' } } },
    { met: { not: { required: ['levels'] }, properties: { criteria: sums } } },
  );
}

function levelSchema(): JsonSchema {
  return object('A level.', {
    required: {
      name: name('Its name, unique among the levels.', SLUG),
      threshold: { type: 'number', description: 'Above that of the level before.', maximum: THRESHOLD_MAX },
    },
    optional: { xp_reward: REWARD },
  });
}

function xpRuleSchema(): JsonSchema {
  return object('Each match earns XP.', {
    required: {
      id: name('Its name, unique in the pack.', SLUG),
      event: ref('event'),
      amount: {
        description: 'XP of each match: an integer, or a CEL expression that yields a number.',
        anyOf: [whole('XP.', XP_BOUNDS), { type: 'string', minLength: 1 }],
      },
    },
    optional: {
      where: ref('where'),
      cap: object('The most that a user earns by this rule in a period.', {
        required: { per: choice('The period.', PER), amount: whole('XP.', { min: 1, max: XP_AMOUNT_MAX }) },
      }),
      on_retract: choice('What becomes of the XP when the event is retracted: it is kept, or taken back.', ON_RETRACT, {
        default: 'keep',
      }),
    },
  });
}

function rankSchema(): JsonSchema {
  return object('A rank.', { required: { name: name('Its name.', LABEL), xp: whole('The XP from which on one has it.', XP_BOUNDS) } });
}
