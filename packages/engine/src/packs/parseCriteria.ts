import { Expression, type ExpressionKind } from '../expressions/expression.js';
import type { CalendarUnit } from '../windows/period.js';
import { Fields } from './fields.js';
import { DISTINCT_THRESHOLD_MAX, EVENT_TYPES_MAX, GRACE_MAX, SLUGS_MAX, STEPS_MAX, THRESHOLD_MAX } from './limits.js';
import { SLUG } from './names.js';
import type { ChecklistStep, Criteria, EventMatcher, StreakCriteria, ValueCriteria, Weekday, Window } from './pack.js';

const EVENT_PATTERN = /^(?:\*|[a-z0-9_]+)(?:\.(?:\*|[a-z0-9_]+))*(?:\.>)?$|^>$/;
const TOKENS_MAX = 6;

const TYPES = ['count', 'sum', 'max', 'latest', 'distinct', 'streak', 'checklist', 'xp', 'achievements', 'manual'] as const;
const NOT_YET: readonly unknown[] = ['sequence', 'ratio'];
const CALENDAR_UNITS: readonly CalendarUnit[] = ['day', 'week', 'month', 'quarter', 'year'];
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Where the achievement has levels, the thresholds stand there, and the criteria have none. */
type Levels = 'none' | 'some';

/** Reads `criteria`. */
export function parseCriteria(fields: Fields, levels: Levels): Criteria {
  const criteria = readCriteria(fields, levels);
  fields.finish();
  return criteria;
}

function readCriteria(fields: Fields, levels: Levels): Criteria {
  if (NOT_YET.includes(fields.raw('type'))) {
    fields.note('type', 'not_available_yet', `${String(fields.raw('type'))} is not available yet`);
    for (const key of ['event', 'where', 'threshold', 'steps', 'within', 'success', 'min', 'window']) fields.raw(key);
    return { type: 'xp', threshold: 1 };
  }
  const type = fields.choice('type', { of: TYPES });
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
      return {
        type,
        steps,
        threshold: threshold(fields, levels, { ...WHOLE, default: Math.max(1, steps.length), max: Math.max(1, steps.length) }),
        window: readWindow(fields),
      };
    }
    case 'xp':
      return { type, threshold: threshold(fields, levels, WHOLE) };
    case 'achievements': {
      const slugs = fields.list('slugs', { max: SLUGS_MAX, read: (slug, path) => readSlug(fields, slug, path) });
      if (slugs.length === 0) fields.note('slugs', 'missing_field', 'is missing: list the slugs of the achievements to hold');
      if (new Set(slugs).size < slugs.length) fields.note('slugs', 'duplicate', 'lists the same achievement twice');
      return {
        type,
        slugs,
        threshold: threshold(fields, levels, { ...WHOLE, default: Math.max(1, slugs.length), max: Math.max(1, slugs.length) }),
      };
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

function threshold(fields: Fields, levels: Levels, rule: ThresholdRule): number {
  if (levels === 'none') return fields.number('threshold', rule);
  if (fields.has('threshold'))
    fields.note('threshold', 'threshold_and_levels', 'the levels have thresholds of their own: leave this one out');
  return rule.min ?? 1;
}

function readValueCriteria(fields: Fields, type: ValueCriteria['type'], levels: Levels): ValueCriteria {
  const value = readExpression(fields, 'value', type === 'distinct' ? 'scalar' : 'number');
  if (value === null) fields.note('value', 'missing_field', 'is missing: give a CEL expression such as properties.minutes');
  const rules: Record<ValueCriteria['type'], ThresholdRule> = {
    distinct: { ...WHOLE, max: DISTINCT_THRESHOLD_MAX },
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
    window: type === 'latest' ? noWindow(fields) : readWindow(fields),
  };
}

function readStreak(fields: Fields, levels: Levels): StreakCriteria {
  const every = fields.choice('every', { of: ['day', 'week', 'month'] as const });
  const skip = fields.list('skip', { max: 7, read: (day, path) => readWeekday(fields, day, path) });
  if (skip.length > 0 && every !== 'day') fields.note('skip', 'invalid_field', 'goes with every: day only');
  if (new Set(skip).size >= WEEKDAYS.length) fields.note('skip', 'invalid_field', 'leaves no day of the week');
  return {
    type: 'streak',
    ...readMatcher(fields),
    threshold: threshold(fields, levels, WHOLE),
    every,
    min: fields.number('min', { default: 1, min: 1, max: 1_000_000, integer: true }),
    grace: fields.number('grace', { default: 0, min: 0, max: GRACE_MAX, integer: true }),
    skip: WEEKDAYS.filter((day) => skip.includes(day)),
  };
}

function readSteps(fields: Fields): ChecklistStep[] {
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
  if (new Set(steps.map((step) => step.id)).size < steps.length) fields.note('steps', 'duplicate', 'has two steps with the same id');
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
      if (typeof event !== 'string' || !EVENT_PATTERN.test(event) || event.split('.').length > TOKENS_MAX)
        fields.issues.push({
          path,
          code: 'invalid_event',
          message: `${JSON.stringify(event)} is no event type: write 2 to ${String(TOKENS_MAX)} lower-case tokens joined by dots, * for any one token, > at the end for all that follow`,
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

function readWindow(fields: Fields): Window {
  const given = fields.raw('window');
  if (given === undefined || given === null || given === 'lifetime') return null;
  const window = new Fields(given, fields.at('window'), fields.issues);
  if (window.has('rolling')) {
    window.note('rolling', 'not_available_yet', 'rolling windows are not available yet: use { calendar: week } or the like');
    return null;
  }
  const calendar = window.choice('calendar', { of: CALENDAR_UNITS });
  window.finish();
  return { calendar };
}

function noWindow(fields: Fields): null {
  if (fields.has('window') && fields.raw('window') !== 'lifetime')
    fields.note('window', 'invalid_field', 'latest has no window: leave it out');
  return null;
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
