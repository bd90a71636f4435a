import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { PatternMatcher } from './patternMatcher.js';
import { PatternSyntaxError } from './patternNode.js';

/** null for a pattern that is refused. */
function find(pattern: string, text: string): boolean | null {
  try {
    return new PatternMatcher(pattern).find(text);
  } catch (error) {
    expect(error).toBeInstanceOf(PatternSyntaxError);
    return null;
  }
}

/** The same by a port of RE2 that others wrote. */
function findByRe2(pattern: string, text: string): boolean | null {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return null;
  }
  return compiled.matcher(text).find();
}

const chars = fc.constantFrom('a', 'b', 'k', 'K', 's', 'z', '0', '7', '_', '-', ' ', '\n', 'é', 'É', 'ſ', 'K', 'Ω', 'ω', '😀', '/');
const texts = fc.array(chars, { maxLength: 12 }).map((all) => all.join(''));
const members = fc.constantFrom(
  'a',
  'b-k',
  'a-z',
  'A-Z',
  '\\d',
  '\\W',
  '\\S',
  '[:alpha:]',
  '[:^digit:]',
  '\\pL',
  '\\P{Lu}',
  '\\x{3a9}',
  '\\n',
  '_',
  '😀',
);
const atoms = fc.oneof(
  { weight: 3, arbitrary: chars.map((char) => (char === '-' ? '\\-' : char)) },
  fc.constantFrom(
    '.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
    '\\pL',
    '\\p{Greek}',
    '\\PN',
    '\\x41',
    '\\Qa.b\\E',
  ),
  fc.tuple(fc.constantFrom('[', '[^'), fc.array(members, { minLength: 1, maxLength: 3 })).map(([open, all]) => `${open}${all.join('')}]`),
);
const wellFormed = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atoms,
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all) => all.join('')),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{0,2}', '{1,}', '{0}', '{3}?'))
      .map(([node, times]) => `(?:${node})${times}`),
    fc
      .tuple(fc.constantFrom('(?i)', '(?s)', '(?m)', '(?i:', '(?m-s:', '(?P<n>'), tie('node'))
      .map(([flags, node]) => `${flags}${node}${flags.endsWith(')') ? '' : ')'}`),
  ),
})).node;
const pieces = fc.constantFrom(...'ab(|)[]^$.*+?{},0123-\\dwWpPL:=<>imsU'.split(''), '(?', '{2}', '\\x', '[:alpha:]', '\\Q', '\\E');
const any = fc.array(pieces, { maxLength: 10 }).map((all) => all.join(''));

describe('a pattern', () => {
  test('matches what RE2 matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(wellFormed, texts, (pattern, text) => {
        const expected = findByRe2(pattern, text);
        expect(find(pattern, text)).toBe(expected);
        if (expected === true) matched += 1;
      }),
      { numRuns: 4_000 },
    );
    expect(matched).toBeGreaterThan(400);
  });

  test('is refused where RE2 refuses it', () => {
    fc.assert(
      fc.property(any, texts, (pattern, text) => {
        expect(find(pattern, text)).toBe(findByRe2(pattern, text));
      }),
      { numRuns: 4_000 },
    );
  });

  test.each([
    '((a{100}){10}){9}',
    '(((a{0,30}){30}){30})',
    'a{1001}',
    '(){1000}{1000}',
    'x**',
    '(?<n>a)(?<n>b)',
    '\\1',
    '(?=a)',
    '(?!a)',
    'a++',
    '\\',
    '[z-a]',
    '(a',
    'a)',
  ])('is refused: %s', (pattern) => {
    expect(() => new PatternMatcher(pattern)).toThrow(PatternSyntaxError);
  });

  test('takes what would hang an engine that goes back', () => {
    expect(new PatternMatcher('^(a|a)*(a|aa)*(a*)*$').find(`${'a'.repeat(8_000)}!`)).toBe(false);
  });
});
