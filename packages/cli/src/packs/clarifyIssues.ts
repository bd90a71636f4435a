import type { Issue } from '@cairn/engine';
import { nearestName } from '@cairn/engine/authoring';
import { adviseIssue } from './adviseIssue.js';
import { parseIssuePath } from './locateIssue.js';

/** What stands in `criteria`, and is often written beside it. */
const OF_CRITERIA: ReadonlySet<string> = new Set([
  ...[
    'type',
    'event',
    'where',
    'threshold',
    'value',
    'window',
    'every',
    'min',
    'grace',
    'skip',
    'steps',
    'within',
    'success',
    'slugs',
    'on',
  ],
]);
/** What stands beside `criteria`, and is often written in it. */
const OF_ACHIEVEMENT: ReadonlySet<string> = new Set([
  ...['name', 'description', 'reason', 'category', 'sensitive', 'rarity', 'xp_reward', 'tier_required', 'scope', 'repeat'],
  ...['levels', 'on_publish', 'on_retract', 'message'],
]);

/**
 * Issues as an author can act on them: one for each slip. What is missing because it stands there under a wrong name or in
 * a wrong place is not told again, nor what a thing lacks that is nothing of its kind at all; and what was most likely meant is said.
 */
export function clarifyIssues(issues: readonly Issue[], document: unknown): Issue[] {
  const absent = new Set(issues.filter((issue) => isAbsent(issue, document)).map(({ path }) => path));
  const told = new Set<string>();
  const clear = issues.map((issue) => {
    if (issue.code !== 'unknown_field') return advise(issue, document);
    const { instead, message } = meant(issue.path, absent);
    if (instead !== null) told.add(instead);
    return message === null ? issue : { ...issue, message };
  });
  const wrongKind = new Set(issues.filter(({ code }) => code === 'not_an_object').map(({ path }) => path));
  return clear.filter(({ path, code }) => {
    const above = pathsAbove(path);
    if (told.has(path) && absent.has(path)) return false;
    if (above.some((outer) => told.has(outer))) return false;
    return !(code === 'missing_field' && above.some((outer) => wrongKind.has(outer)));
  });
}

function isAbsent({ path, code }: Issue, document: unknown): boolean {
  if (code === 'missing_field') return true;
  const value = code === 'not_an_object' ? valueAt(document, path) : 0;
  return value === undefined || value === null;
}

/** Where a field that nobody knows belongs, or the one that it was meant as. */
function meant(path: string, absent: ReadonlySet<string>): { instead: string | null; message: string | null } {
  const [parent, key] = split(path);
  if (/^achievements\[\d+\]$/.test(parent) && OF_CRITERIA.has(key)) {
    const message = `${key} belongs to the criteria: write it below criteria, two spaces further to the right`;
    return { instead: `${parent}.criteria.${key}`, message };
  }
  if (/^achievements\[\d+\]\.criteria$/.test(parent) && OF_ACHIEVEMENT.has(key)) {
    const message = `${key} belongs to the achievement, not to its criteria: write it two spaces further to the left`;
    return { instead: `${split(parent)[0]}.${key}`, message };
  }
  if (/^tests\[\d+\]\.(?:given|when)\[\d+\]$/.test(parent) && key === 'event')
    return { instead: `${parent}.type`, message: 'there is no field event; did you mean type?' };
  const missing = [...absent].filter((other) => split(other)[0] === parent).map((other) => split(other)[1]);
  const nearest = nearestName(key, missing);
  return nearest === null
    ? { instead: null, message: null }
    : { instead: parent === '' ? nearest : `${parent}.${nearest}`, message: `there is no field ${key}; did you mean ${nearest}?` };
}

function advise(issue: Issue, document: unknown): Issue {
  const value = valueAt(document, issue.path);
  const advice = adviseIssue(issue, value);
  return advice === null ? issue : { ...issue, message: `${issue.message}. ${advice}` };
}

/** What a path leads through; `a.b[0]` through the whole, `a` and `a.b`. */
function pathsAbove(path: string): string[] {
  return path === '' ? [] : ['', ...Array.from(path.matchAll(/[.[]/g), ({ index }) => path.slice(0, index))];
}

function split(path: string): [parent: string, key: string] {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
}

function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const step of parseIssuePath(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
