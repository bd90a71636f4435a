import { Expression, type ExpressionKind } from '../expressions/expression.js';
import { CRITERIA_TYPES, PER, WEEKDAYS } from './choices.js';
import { Fields } from './fields.js';
import {
  DISTINCT_THRESHOLD_MAX,
  EVENT_TYPES_MAX,
  GRACE_MAX,
  MATCHES_MIN_MAX,
  ROLLING_DISTINCT_THRESHOLD_MAX,
  SLUGS_MAX,
  STEPS_MAX,
  THRESHOLD_MAX,
} from './limits.js';
import { EVENT_PATTERN, EVENT_TOKENS_MAX, SLUG } from './names.js';
import type {
  Criteria,
  EventMatcher,
  RatioCriteria,
  SequenceCriteria,
  Step,
  StreakCriteria,
  StreakUnit,
  ValueCriteria,
  Weekday,
  Window,
} from './pack.js';
import { noWindow, readCalendarWindow, readSpan, readWindow } from './readWindow.js';

/** Where the achievement has levels, the thresholds stand there, and the criteria have none. */
type Levels = 'none' | 'some';

/** Reads `criteria`. */
export function parseCriteria(fields: Fields, levels: Levels): Criteria {
  const criteria = readCriteria(fields, levels);
  fields.finish();
  return criteria;
}

function readCriteria(fields: Fields, levels: Levels): Criteria {
  const type = fields.choice('type', { of: CRITERIA_TYPES });
  switch (type) {
    case 'count':
      return { type, ...readMatcher(fields), threshold: threshold(fields, levels, WHOLE), window: readWindow(fields) };
    case 'sum':
    case 'max':
    case 'latest':
    case 'distinct':
      return readValueCriteria(fields, type, levels);
    case 'streak':
      return readStreak(fields, levels);
    case 'checklist': {
      const steps = readSteps(fields);
      return { type, steps, threshold: thresholdOf(fields, levels, { of: steps, what: 'steps' }), window: readWindow(fields) };
    }
    case 'sequence':
      return readSequence(fields, levels);
    case 'ratio':
      return readRatio(fields, levels);
    case 'xp':
      return { type, threshold: threshold(fields, levels, WHOLE) };
    case 'achievements': {
      const slugs = fields.list('slugs', { max: SLUGS_MAX, read: (slug, path) => readSlug(fields, slug, path) });
      if (slugs.length === 0) fields.note('slugs', 'missing_field', 'is missing: list the slugs of the achievements to hold');
      if (new Set(slugs).size < slugs.length) fields.note('slugs', 'duplicate', 'lists the same achievement twice');
      return { type, slugs, threshold: thresholdOf(fields, levels, { of: slugs, what: 'slugs' }) };
    }
    case 'manual':
      return { type, on: readOn(fields), threshold: 1 };
  }
}

interface ThresholdRule {
  min?: number;
  max?: number;
  default?: number;
  integer?: boolean;
}

const WHOLE: ThresholdRule = { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true };

/** All of them, unless fewer are asked for. */
function upTo({ length }: readonly unknown[]): ThresholdRule {
  return { ...WHOLE, default: Math.max(1, length), max: Math.max(1, length) };
}

/** Of a list: all of it, unless told otherwise. */
function thresholdOf(fields: Fields, levels: Levels, list: { of: readonly unknown[]; what: string }): number {
  const { length } = list.of;
  const asked = fields.raw('threshold');
  if (levels !== 'none' || typeof asked !== 'number' || asked <= length || length === 0) return threshold(fields, levels, upTo(list.of));
  fields.note('threshold', 'never_met', `can never be met: ${String(asked)} ${list.what} are asked for, of ${String(length)}`);
  return length;
}

function threshold(fields: Fields, levels: Levels, rule: ThresholdRule): number {
  if (levels === 'none') return fields.number('threshold', rule);
  if (fields.has('threshold'))
    fields.note('threshold', 'threshold_and_levels', 'the levels have thresholds of their own: leave this one out');
  return rule.min ?? 1;
}

function readValueCriteria(fields: Fields, type: ValueCriteria['type'], levels: Levels): ValueCriteria {
  const value = readExpression(fields, 'value', type === 'distinct' ? 'scalar' : 'number');
  if (value === null) fields.note('value', 'missing_field', 'is missing: give a CEL expression such as properties.minutes');
  const window = readValueWindow(fields, type);
  const rules: Record<ValueCriteria['type'], ThresholdRule> = {
    distinct: { ...WHOLE, max: window !== null && 'rolling' in window ? ROLLING_DISTINCT_THRESHOLD_MAX : DISTINCT_THRESHOLD_MAX },
    // The largest and the latest value may well be negative; a total has to be above nothing, or it is met from the start.
    sum: { max: THRESHOLD_MAX },
    max: { min: -THRESHOLD_MAX, max: THRESHOLD_MAX },
    latest: { min: -THRESHOLD_MAX, max: THRESHOLD_MAX },
  };
  const matcher = readMatcher(fields);
  const given = fields.raw('threshold');
  if (type === 'sum' && typeof given === 'number' && given <= 0)
    fields.note('threshold', 'invalid_field', `has to be above 0, but is ${String(given)}`);
  return {
    type,
    ...matcher,
    value: value ?? '0',
    threshold: threshold(fields, levels, rules[type]),
    window,
  };
}

function readValueWindow(fields: Fields, type: ValueCriteria['type']): Window {
  if (type === 'latest') return noWindow(fields, type);
  return type === 'max' ? readCalendarWindow(fields, type) : readWindow(fields);
}

function readSequence(fields: Fields, levels: Levels): SequenceCriteria {
  const type = 'sequence';
  const steps = readSteps(fields);
  const within = fields.has('within') ? readSpan(fields, 'within') : null;
  noWindow(fields, type);
  return { type, steps, within, threshold: thresholdOf(fields, levels, { of: steps, what: 'steps' }) };
}

function readRatio(fields: Fields, levels: Levels): RatioCriteria {
  const type = 'ratio';
  const success = readExpression(fields, 'success', 'bool');
  if (success === null) fields.note('success', 'missing_field', 'is missing: give a CEL condition such as properties.result == "passed"');
  const asked = fields.raw('threshold');
  if (typeof asked === 'number' && (asked <= 0 || asked > 1))
    fields.note('threshold', 'invalid_field', `has to be a share above 0 and at most 1, such as 0.9, but is ${String(asked)}`);
  return {
    type,
    ...readMatcher(fields),
    success: success ?? 'false',
    min: fields.number('min', { min: 1, max: MATCHES_MIN_MAX, integer: true }),
    threshold: threshold(fields, levels, {}),
    window: readCalendarWindow(fields, type),
  };
}

function readStreak(fields: Fields, levels: Levels): StreakCriteria {
  const every = readEvery(fields);
  const skip = fields.list('skip', { max: 7, read: (day, path) => readWeekday(fields, day, path) });
  if (skip.length > 0 && every !== 'day') fields.note('skip', 'invalid_field', 'goes with every: day only');
  if (new Set(skip).size >= WEEKDAYS.length) fields.note('skip', 'invalid_field', 'leaves no day of the week');
  return {
    type: 'streak',
    ...readMatcher(fields),
    threshold: threshold(fields, levels, WHOLE),
    every,
    min: fields.number('min', { default: 1, min: 1, max: MATCHES_MIN_MAX, integer: true }),
    grace: fields.number('grace', { default: 0, min: 0, max: GRACE_MAX, integer: true }),
    skip: WEEKDAYS.filter((day) => skip.includes(day)),
  };
}

/** Working days are no period of their own. */
function readEvery(fields: Fields): StreakUnit {
  const written = fields.raw('every');
  if (typeof written !== 'string' || !/^(week|work|business)_?-?days?$/i.test(written)) return fields.choice('every', { of: PER });
  fields.note('every', 'invalid_field', `has to be one of ${PER.join(', ')}, but is "${written}". Write every: day with skip: [sat, sun]`);
  return 'day';
}

function readSteps(fields: Fields): Step[] {
  const steps = fields.list('steps', {
    max: STEPS_MAX,
    read: (input, path) => {
      const step = new Fields(input, path, fields.issues);
      const read = { id: step.text('id', SLUG), ...readMatcher(step) };
      step.finish();
      return read;
    },
  });
  if (steps.length === 0) fields.note('steps', 'missing_field', 'is missing: list the steps, each with an id and an event');
  steps.forEach(({ id }, i) => {
    // A step without an id was told of.
    if (id === '' || steps.findIndex((other) => other.id === id) === i) return;
    const message = `"${id}" is the id of another step too: steps are told apart by it, so give each its own`;
    fields.issues.push({ path: `${fields.at('steps')}[${String(i)}].id`, code: 'duplicate', message });
  });
  return steps;
}

function readOn(fields: Fields): EventMatcher | null {
  if (fields.has('threshold')) fields.note('threshold', 'invalid_field', 'a manual achievement has no threshold: leave it out');
  if (!fields.has('on')) return null;
  const on = new Fields(fields.raw('on'), fields.at('on'), fields.issues);
  const matcher = readMatcher(on);
  on.finish();
  return matcher;
}

/** `event` and `where`. */
export function readMatcher(fields: Fields): EventMatcher {
  const given = fields.raw('event');
  const list = Array.isArray(given)
    ? fields.list('event', { max: EVENT_TYPES_MAX, read: (event, path) => ({ event, path }) })
    : [{ event: given, path: fields.at('event') }];
  if (list.length === 0 || given === undefined || given === null)
    fields.note('event', 'missing_field', 'is missing: give a type such as build.succeeded, a list of types, or a pattern such as build.>');
  else
    for (const { event, path } of list)
      if (typeof event !== 'string' || !EVENT_PATTERN.test(event) || event.split('.').length > EVENT_TOKENS_MAX)
        fields.issues.push({
          path,
          code: 'invalid_event',
          message: `${JSON.stringify(event)} is no event type: write 2 to ${String(EVENT_TOKENS_MAX)} lower-case tokens joined by dots, * for any one token, > at the end for all that follow`,
        });
  const events = list.map(({ event }) => event).filter((event) => typeof event === 'string');
  return { event: events, where: readExpression(fields, 'where', 'bool') };
}

/** A CEL expression; null where there is none. A number or a flag written without quotes is CEL too. */
export function readExpression(fields: Fields, key: string, kind: ExpressionKind): string | null {
  if (!fields.has(key)) return null;
  const raw = fields.raw(key);
  const text = typeof raw === 'number' || typeof raw === 'boolean' ? String(raw) : fields.text(key);
  if (text === '') return null;
  const compiled = Expression.compile(text, kind);
  if (!compiled.ok) {
    const { message, at } = compiled;
    fields.issues.push({
      path: fields.at(key),
      code: 'invalid_expression',
      message: `the expression ${text}: ${message}`,
      ...(at === null ? {} : { at }),
    });
  }
  return text;
}

function readSlug(fields: Fields, slug: unknown, path: string): string {
  if (typeof slug === 'string' && SLUG.pattern.test(slug)) return slug;
  fields.issues.push({ path, code: 'invalid_field', message: `${JSON.stringify(slug ?? null)} ${SLUG.says}` });
  return '';
}

function readWeekday(fields: Fields, day: unknown, path: string): Weekday {
  const known = WEEKDAYS.find((weekday) => weekday === day);
  if (known === undefined) fields.issues.push({ path, code: 'invalid_field', message: `has to be one of ${WEEKDAYS.join(', ')}` });
  return known ?? 'sun';
}
