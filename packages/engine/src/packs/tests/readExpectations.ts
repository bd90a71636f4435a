import { Fields } from '../fields.js';
import { SLUGS_MAX, TEST_SUBJECTS_MAX, THRESHOLD_MAX } from '../limits.js';
import { insteadOf } from '../nearestName.js';
import type { AchievementDefinition } from '../pack.js';
import { type PackTestExpectation, type PackTestSubject, SOMEONE } from './packTest.js';

const UNLOCK = /^([a-z0-9][a-z0-9_-]*)(?::([a-z0-9][a-z0-9_-]*))?(?:@(.+))?$/;

const EXPECTS_NOTHING = {
  code: 'missing_field',
  message: 'expects nothing: give unlocks (an empty list for none), not_unlocked, progress or xp',
};

/** Reads `then` of a test: what it says of the one who acts by default, and under `users` and `teams` of others. */
export function readExpectations(fields: Fields, definitions: readonly AchievementDefinition[]): PackTestExpectation[] {
  const issuesBefore = fields.issues.length;
  // What is no object at all was told of when it was opened.
  const isObject = !fields.issues.some(({ path }) => path === fields.path);
  const own = readExpectation(fields, { scope: 'user', id: SOMEONE }, definitions);
  const others = (['user', 'team'] as const).flatMap((scope) =>
    namedIn(fields, `${scope}s`).map(([id, input, path]) => {
      const of = new Fields(input, path, fields.issues);
      const before = fields.issues.length;
      const expectation = readExpectation(of, { scope, id }, definitions);
      of.finish();
      if (!expectsAnything(expectation) && fields.issues.length === before) fields.issues.push({ path, ...EXPECTS_NOTHING });
      return expectation;
    }),
  );
  fields.finish();
  const expectations = [own, ...others].filter(expectsAnything);
  if (isObject && expectations.length === 0 && fields.issues.length === issuesBefore)
    fields.issues.push({ path: fields.path, ...EXPECTS_NOTHING });
  return expectations;
}

function readExpectation(fields: Fields, of: PackTestSubject, definitions: readonly AchievementDefinition[]): PackTestExpectation {
  return {
    of,
    path: fields.path,
    unlocks: fields.has('unlocks')
      ? fields.list('unlocks', { max: SLUGS_MAX, read: (input, path) => readUnlock(fields, { input, path }, definitions) })
      : absent(fields, 'unlocks'),
    notUnlocked: fields.list('not_unlocked', { max: SLUGS_MAX, read: (input, path) => readSlug(fields, { input, path }, definitions) }),
    xp: fields.has('xp') ? fields.number('xp', { integer: true }) : absent(fields, 'xp'),
    progress: readProgress(fields, definitions),
  };
}

function absent(fields: Fields, key: string): null {
  fields.raw(key);
  return null;
}

interface Element {
  input: unknown;
  path: string;
}

function readSlug(fields: Fields, { input, path }: Element, definitions: readonly AchievementDefinition[]): string {
  const slug = typeof input === 'string' ? input : '';
  if (!definitions.some((definition) => definition.slug === slug)) fields.issues.push({ path, ...unknownSlug(input, definitions) });
  return slug;
}

function readUnlock(fields: Fields, { input, path }: Element, definitions: readonly AchievementDefinition[]): string {
  const text = typeof input === 'string' ? input : '';
  const [, slug, level] = UNLOCK.exec(text) ?? [];
  const definition = definitions.find((candidate) => candidate.slug === slug);
  if (definition === undefined) {
    fields.issues.push({ path, ...unknownSlug(slug ?? input, definitions) });
    return text;
  }
  const levels = definition.levels?.map(({ name }) => name) ?? [];
  const isRight = levels.length === 0 ? level === undefined : level !== undefined && levels.includes(level);
  if (!isRight) {
    const written = levels.map((name) => `${definition.slug}:${name}`).join(', ');
    const message = levels.length === 0 ? `${definition.slug} has no levels: write ${definition.slug}` : `has to name a level: ${written}`;
    fields.issues.push({ path, code: 'unknown_level', message });
  }
  return text;
}

function unknownSlug(given: unknown, definitions: readonly AchievementDefinition[]): { code: string; message: string } {
  const text = typeof given === 'string' ? given : JSON.stringify(given ?? null);
  const known = definitions.map(({ slug }) => slug);
  return { code: 'unknown_slug', message: `there is no achievement "${text}" in this pack${insteadOf(text, known)}` };
}

function readProgress(fields: Fields, definitions: readonly AchievementDefinition[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const [slug, value, path] of namedIn(fields, 'progress')) {
    if (!definitions.some((definition) => definition.slug === slug)) fields.issues.push({ path, ...unknownSlug(slug, definitions) });
    else if (typeof value !== 'number' || !(Math.abs(value) <= THRESHOLD_MAX))
      fields.issues.push({ path, code: 'invalid_field', message: 'has to be a number: the value that is expected' });
    else values.set(slug, value);
  }
  return values;
}

/** The named members of an object, each with its path; names may be anything. */
function namedIn(fields: Fields, key: string): [name: string, value: unknown, path: string][] {
  const given = fields.raw(key);
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object' || Array.isArray(given)) {
    fields.note(key, 'not_an_object', 'has to be an object: a name, and what is expected of it');
    return [];
  }
  const named = Object.entries(given as Readonly<Record<string, unknown>>);
  if (named.length > TEST_SUBJECTS_MAX) fields.note(key, 'too_large', `has more than ${String(TEST_SUBJECTS_MAX)} members`);
  return named.slice(0, TEST_SUBJECTS_MAX).map(([name, value]) => [name, value, `${fields.at(key)}[${JSON.stringify(name)}]`]);
}

function expectsAnything({ unlocks, notUnlocked, xp, progress }: PackTestExpectation): boolean {
  return unlocks !== null || notUnlocked.length > 0 || xp !== null || progress.size > 0;
}
