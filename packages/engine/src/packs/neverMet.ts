import { isPattern, matchesPattern } from '../catalogue/eventPattern.js';
import { Expression, type ExpressionKind } from '../expressions/expression.js';
import { neverHolds } from '../expressions/neverHolds.js';
import type { Issue } from '../result.js';
import type { AchievementDefinition, Criteria, ValueCriteria } from './pack.js';

/** What can never come true in an achievement. Only what is certain: whether events are ever sent shows elsewhere. */
export function neverMet(definition: AchievementDefinition, path: string): Issue[] {
  const { criteria } = definition;
  return [...filtersThatNeverHold(criteria, `${path}.criteria`), ...thresholdsOutOfReach(definition, path)];
}

function filtersThatNeverHold(criteria: Criteria, path: string): Issue[] {
  return filtersOf(criteria, path)
    .filter(({ where, event }) => where !== null && isNeverTrue(where, event))
    .map(({ at }) => ({ path: at, code: 'never_met', message: 'is always false, so that no event ever counts: write what has to hold' }));
}

interface Filter {
  at: string;
  where: string | null;
  event: readonly string[];
}

function filtersOf(criteria: Criteria, path: string): Filter[] {
  const filters: Filter[] = [];
  if ('where' in criteria) filters.push({ at: `${path}.where`, where: criteria.where, event: criteria.event });
  if ('steps' in criteria)
    filters.push(...criteria.steps.map(({ where, event }, i) => ({ at: `${path}.steps[${String(i)}].where`, where, event })));
  if ('on' in criteria && criteria.on !== null)
    filters.push({ at: `${path}.on.where`, where: criteria.on.where, event: criteria.on.event });
  if ('success' in criteria) filters.push({ at: `${path}.success`, where: criteria.success, event: criteria.event });
  return filters;
}

function isNeverTrue(filter: string, event: readonly string[]): boolean {
  const ast = compiled(filter, 'bool')?.ast ?? null;
  return ast !== null && neverHolds(ast, (type) => event.some((pattern) => matchesPattern(pattern, type)));
}

function thresholdsOutOfReach(definition: AchievementDefinition, path: string): Issue[] {
  const most = mostOf(definition.criteria);
  if (most === null) return [];
  const thresholds =
    definition.levels?.map(({ threshold }, i) => ({ threshold, at: `${path}.levels[${String(i)}].threshold` })) ??
    ([{ threshold: definition.criteria.threshold, at: `${path}.criteria.threshold` }] as const);
  return thresholds
    .filter(({ threshold }) => threshold > most.value)
    .map(({ at }) => ({ path: at, code: 'never_met', message: `can never be met: ${most.because}. Write ${most.instead}` }));
}

interface Most {
  value: number;
  because: string;
  instead: string;
}

const upTo = (value: number, because: string): Most => ({ value, because, instead: `at most ${String(value)}` });

/** The largest value that a user can come to; null where there is no such bound. */
function mostOf(criteria: Criteria): Most | null {
  switch (criteria.type) {
    case 'max':
    case 'latest': {
      const constant = compiled(criteria.value, 'number')?.facts.constant;
      return typeof constant === 'number' ? upTo(constant, `the value of every event is ${String(constant)}`) : null;
    }
    case 'sum': {
      const constant = compiled(criteria.value, 'number')?.facts.constant;
      if (typeof constant !== 'number' || constant > 0) return null;
      return { value: 0, because: `every event adds ${String(constant)}`, instead: 'a value above 0' };
    }
    case 'distinct':
      return mostDistinct(criteria);
    default:
      return null;
  }
}

function mostDistinct({ event, where, value }: ValueCriteria): Most | null {
  const expression = compiled(value, 'scalar');
  if (expression === null) return null;
  if (expression.facts.constant !== null) return upTo(1, `${value} is the same in every event`);
  if (expression.facts.type === 'bool') return upTo(2, `${value} is true or false, and so has two values`);
  const text = value.trim();
  if (text === 'event.type' && !event.some(isPattern)) return upTo(event.length, `it listens to ${String(event.length)} types`);
  const allowed = where === null ? undefined : compiled(where, 'bool')?.allowedValues().get(text);
  return allowed === undefined ? null : upTo(allowed, `the filter lets only ${String(allowed)} values of ${text} through`);
}

function compiled(text: string, kind: ExpressionKind): Expression | null {
  const result = Expression.compile(text, kind);
  return result.ok ? result.value : null;
}
