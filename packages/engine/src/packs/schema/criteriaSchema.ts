import { CALENDAR_UNITS, PER, WEEKDAYS } from '../choices.js';
import { DISTINCT_THRESHOLD_MAX, EVENT_TYPES_MAX, GRACE_MAX, MATCHES_MIN_MAX, SLUGS_MAX, STEPS_MAX, THRESHOLD_MAX } from '../limits.js';
import { EVENT_PATTERN, EVENT_TOKENS_MAX, SLUG, SPAN } from '../names.js';
import type { Criteria } from '../pack.js';
import { choice, type JsonSchema, list, name, object, ref, whole } from './jsonSchema.js';

const span = (description: string): JsonSchema => name(description, SPAN, { examples: ['30d', '12h', '4w'] });
const WHOLE_THRESHOLD = whole('It unlocks when the value reaches this.', { min: 1, max: Number.MAX_SAFE_INTEGER });
const OF_LIST = whole('How many of them it takes; all of them where left out.', { min: 1, max: SLUGS_MAX });
const NUMBER_THRESHOLD: JsonSchema = {
  type: 'number',
  description: 'It unlocks when the value reaches this.',
  minimum: -THRESHOLD_MAX,
  maximum: THRESHOLD_MAX,
};

const MATCHER = { required: { event: ref('event') }, optional: { where: ref('where') } };

/** Parts of criteria that stand in more than one of them. */
export const CRITERIA_DEFS: Readonly<Record<string, JsonSchema>> = {
  eventType: {
    type: 'string',
    description: 'A type of event, such as build.succeeded, or a pattern: * stands for any one token, > at the end for all that follow.',
    pattern: `^(?!(?:[^.]*[.]){${String(EVENT_TOKENS_MAX)}})(?:${EVENT_PATTERN.source})`,
    examples: ['build.succeeded', 'incident.*.published', 'deploy.>'],
  },
  event: {
    description: 'The events that it listens to: a type, a list of types, or patterns.',
    anyOf: [ref('eventType'), list('Several types and patterns.', ref('eventType'), { min: 1, max: EVENT_TYPES_MAX })],
  },
  where: {
    type: ['string', 'boolean'],
    description: 'A CEL condition that events have to meet, over event, properties, actor and source.',
    examples: ['properties.severity == "sev2"', 'properties.kind in ["fix", "perf"] && has(actor.team_id)'],
  },
  steps: list(
    'The steps, each seen once an event matches it.',
    object('A step.', { ...MATCHER, required: { id: name('Its name, unique among the steps.', SLUG), ...MATCHER.required } }),
    { min: 1, max: STEPS_MAX },
  ),
  calendarWindow: {
    description: 'Counts anew in each period of the calendar, in the time zone of the user; lifetime where left out.',
    anyOf: [
      { const: 'lifetime' },
      object('A period of the calendar.', { required: { calendar: choice('The period. Weeks are ISO weeks.', CALENDAR_UNITS) } }),
    ],
  },
  window: {
    description: 'The time over which it counts; lifetime where left out.',
    anyOf: [
      { const: 'lifetime' },
      object('A period of the calendar, in the time zone of the user.', {
        required: { calendar: choice('The period. Weeks are ISO weeks.', CALENDAR_UNITS) },
      }),
      object('The time that ends at a match.', { required: { rolling: span('Its length: hours, days or weeks.') } }),
    ],
  },
};

interface Kind {
  description: string;
  required?: Readonly<Record<string, JsonSchema>>;
  optional?: Readonly<Record<string, JsonSchema>>;
  /** Without levels the threshold has to be given. */
  needsThreshold?: true;
}

const value = (description: string, example: string): JsonSchema => ({
  type: ['string', 'number', 'boolean'],
  description,
  examples: [example],
});

const NUMBER_VALUE = value('A CEL expression that yields a number.', 'properties.minutes');

const KINDS: Readonly<Record<Criteria['type'], Kind>> = {
  count: {
    description: 'The number of matching events.',
    required: MATCHER.required,
    optional: { ...MATCHER.optional, threshold: WHOLE_THRESHOLD, window: ref('window') },
    needsThreshold: true,
  },
  sum: {
    description: 'The sum of a value over the matching events.',
    required: { ...MATCHER.required, value: NUMBER_VALUE },
    optional: {
      ...MATCHER.optional,
      threshold: { ...NUMBER_THRESHOLD, minimum: 0, exclusiveMinimum: 0 },
      window: ref('window'),
    },
    needsThreshold: true,
  },
  max: {
    description: 'The largest value of the matching events.',
    required: { ...MATCHER.required, value: NUMBER_VALUE },
    optional: { ...MATCHER.optional, threshold: NUMBER_THRESHOLD, window: ref('calendarWindow') },
    needsThreshold: true,
  },
  latest: {
    description: 'The value of the newest matching event.',
    required: { ...MATCHER.required, value: NUMBER_VALUE },
    optional: { ...MATCHER.optional, threshold: NUMBER_THRESHOLD, window: { const: 'lifetime' } },
    needsThreshold: true,
  },
  distinct: {
    description: 'The number of different values of the matching events.',
    required: { ...MATCHER.required, value: value('A CEL expression that yields a text, a number or true/false.', 'properties.repo') },
    optional: {
      ...MATCHER.optional,
      threshold: whole('How many different values it takes.', { min: 1, max: DISTINCT_THRESHOLD_MAX }),
      window: ref('window'),
    },
    needsThreshold: true,
  },
  streak: {
    description: 'The longest run of periods with enough matching events in each.',
    required: { ...MATCHER.required, every: choice('The period.', PER) },
    optional: {
      ...MATCHER.optional,
      threshold: whole('How many periods in a row it takes.', { min: 1, max: Number.MAX_SAFE_INTEGER }),
      min: whole('Matches that a period needs.', { min: 1, max: MATCHES_MIN_MAX }, { default: 1 }),
      grace: whole('Missed periods in a row that a run bridges; they do not count.', { min: 0, max: GRACE_MAX }, { default: 0 }),
      skip: list('Days of the week that are left out of the calendar, with every: day.', choice('A day.', WEEKDAYS), {
        max: WEEKDAYS.length,
      }),
    },
    needsThreshold: true,
  },
  checklist: {
    description: 'The number of different steps seen, in any order.',
    required: { steps: ref('steps') },
    optional: { threshold: OF_LIST, window: ref('window') },
  },
  sequence: {
    description: 'The number of steps, from the first, that were seen in this order.',
    required: { steps: ref('steps') },
    optional: {
      within: span('How far the last step may lie behind the first.'),
      threshold: OF_LIST,
      window: { const: 'lifetime' },
    },
  },
  ratio: {
    description: 'The share of matching events that are successes, once there are enough of them.',
    required: {
      ...MATCHER.required,
      success: {
        type: ['string', 'boolean'],
        description: 'A CEL condition that successes meet.',
        examples: ['properties.result == "passed"'],
      },
      min: whole('Matches that it takes before there is a share.', { min: 1, max: MATCHES_MIN_MAX }),
    },
    optional: {
      ...MATCHER.optional,
      threshold: { type: 'number', description: 'The share, such as 0.9.', exclusiveMinimum: 0, maximum: 1 },
      window: ref('calendarWindow'),
    },
    needsThreshold: true,
  },
  xp: { description: 'The total XP of the user.', optional: { threshold: WHOLE_THRESHOLD }, needsThreshold: true },
  achievements: {
    description: 'The number of the listed achievements that the user holds.',
    required: { slugs: { ...list('Their slugs.', name('A slug.', SLUG), { min: 1, max: SLUGS_MAX }), uniqueItems: true } },
    optional: { threshold: OF_LIST },
  },
  manual: {
    description: 'Granted by hand, or by an event.',
    optional: { on: object('The event that grants it.', MATCHER) },
  },
};

export function criteriaSchema(): JsonSchema {
  return {
    type: 'object',
    description: 'What has to happen.',
    required: ['type'],
    properties: { type: choice('What is counted.', Object.keys(KINDS)) },
    oneOf: Object.entries(KINDS).map(([type, { description, required = {}, optional = {} }]) =>
      object(description, { required: { type: { const: type, description }, ...required }, optional }),
    ),
  };
}

/** Types of which the threshold has to be written down, where there are no levels. */
export const TYPES_WITH_THRESHOLD = Object.entries(KINDS).flatMap(([type, kind]) => (kind.needsThreshold === true ? [type] : []));
