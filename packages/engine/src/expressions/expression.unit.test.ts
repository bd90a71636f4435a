import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { EventContext } from './eventContext.js';
import { Expression, type ExpressionKind, type Scalar } from './expression.js';

const context = (properties: unknown = {}) =>
  new EventContext().of({ ...makeEvent(), propertiesJson: typeof properties === 'string' ? properties : JSON.stringify(properties) });

function evaluate(text: string, properties: unknown = {}, kind: ExpressionKind = 'scalar'): Scalar | null {
  const compiled = Expression.compile(text, kind);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.value.evaluate(context(properties));
}

function refusal(text: string, kind: ExpressionKind = 'bool'): string | null {
  const compiled = Expression.compile(text, kind);
  return compiled.ok ? null : compiled.message;
}

describe('an expression', () => {
  test.each<[string, unknown, Scalar | null]>([
    ['properties.severity == "sev2"', { severity: 'sev2' }, true],
    ['properties.n > 3', { n: 3.5 }, true],
    ['properties.n == 3', { n: 3 }, true],
    ['properties.n * 2.0', { n: 3 }, 6],
    ['size(properties.tags)', { tags: ['a', 'b'] }, 2],
    ['properties.tags.exists(t, t == "b")', { tags: ['a', 'b'] }, true],
    ['"b" in properties.tags', { tags: ['a', 'b'] }, true],
    ['has(properties.n)', {}, false],
    ['has(properties.n) && properties.n > 1', {}, false],
    ['properties.a.b.c', { a: { b: { c: 'deep' } } }, 'deep'],
    ['properties["odd key"]', { 'odd key': true }, true],
    ['event.type', {}, 'build.succeeded'],
    ['event.occurred_at', {}, '2026-04-12T10:15:00Z'],
    ['timestamp(event.occurred_at).getHours()', {}, 10],
    ['timestamp(event.occurred_at).getDayOfWeek()', {}, 0],
    ['timestamp(event.occurred_at) - timestamp("2026-04-12T10:00:00Z") == duration("15m")', {}, true],
    ['actor.user_id + "/" + source.platform', {}, 'u1/linux'],
    ['has(actor.team_id)', {}, false],
    ['event.properties.n', { n: 1 }, 1],
    ['rematch(properties.branch, "^release/[0-9]+$")', { branch: 'release/12' }, true],
    ['rematch(properties.branch, "ease")', { branch: 'release/12' }, true],
    ['rematch(properties.branch, "^ease")', { branch: 'release/12' }, false],
    ['properties.n - properties.n', { n: -0 }, 0],
    ['int(properties.n) / 2', { n: 5 }, 2],
  ])('%s', (text, properties, expected) => {
    expect(evaluate(text, properties)).toBe(expected);
  });

  test.each([
    ['properties.missing == 1', {}],
    ['properties.n > "a"', { n: 1 }],
    ['properties.n', { n: null }],
    ['properties.n', { n: [1] }],
    ['properties.n', { n: {} }],
    ['properties.n', { n: { valueOf: {}, toString: 1, toJSON: 2 } }],
    ['properties.n', { n: { constructor: 1 } }],
    ['properties.n > 1', { n: { constructor: { name: 'x' } } }],
    ['1 / int(properties.n)', { n: 0 }],
    ['double(properties.s)', { s: 'nan' }],
    ['double(properties.s)', { s: 'inf' }],
    ['int(properties.n)', { n: 1e18 }],
    ['timestamp(properties.s).getHours()', { s: '2026-04-12 10:15:00 abc' }],
    ['timestamp(properties.s).getHours()', { s: '2026-04-12T10:15:00.000' }],
    ['properties.constructor', {}],
    ['properties.__proto__', {}],
    ['properties["constructor"]', {}],
    ['properties.toString', {}],
    ['properties.n', '[1]'],
    ['properties.n', 'null'],
    ['properties.n', 'no json'],
  ])('%s of %j fails, and says why', (text, properties) => {
    const compiled = Expression.compile(text, 'scalar');
    if (!compiled.ok) throw new Error(compiled.message);
    const event = context(properties);
    expect(compiled.value.evaluate(event)).toBeNull();
    expect(event.failure).toMatch(/\w/);
  });

  test('has to yield what it is for, also where that shows only when it runs', () => {
    expect(refusal('1 + 1', 'bool')).toContain('yields int');
    expect(refusal('"a"', 'number')).toContain('yields string');
    expect(refusal('[1]', 'scalar')).toContain('yields');
    expect(evaluate('properties.n', { n: 'x' }, 'number')).toBeNull();
    expect(evaluate('properties.n', { n: 1 }, 'bool')).toBeNull();
  });

  test('gives a whole number for each integer that is exact, and fails for others', () => {
    expect(evaluate('9007199254740991')).toBe(9007199254740991);
    expect(evaluate('9007199254740992')).toBeNull();
    expect(evaluate('uint(7)')).toBe(7);
  });

  test('names the parts of the event that it looked at', () => {
    const compiled = Expression.compile('properties.severity == "sev2" && properties.a.b > 1', 'bool');
    expect(compiled.ok && compiled.value.describe(context({ severity: 'sev3' }))).toBe(
      'properties.severity is "sev3", properties.a.b is absent',
    );
  });
});

describe('a hostile expression', () => {
  const nested = (levels: number): string => (levels === 0 ? 'true' : `properties.l.all(x${String(levels)}, ${nested(levels - 1)})`);

  test.each([
    ['a backtracking regular expression', 'properties.s.matches("(a+)+$")'],
    ['one called as a function', 'matches(properties.s, "(a+)+$")'],
    ['a regular expression that an event brings', 'rematch(properties.s, properties.pattern)'],
    ['a regular expression that is none', 'rematch(properties.s, "(")'],
    ['a regular expression that is too large', 'rematch(properties.s, "((a{100}){10}){9}")'],
    ['loops in loops', nested(2)],
    ['many loops in loops', nested(6)],
    ['a text that doubles', 'cel.bind(a, properties.s + properties.s, cel.bind(b, a + a, size(b + b) > 1))'],
    ['a text made of each of its characters', 'properties.s.split("").map(x, properties.s).join("").contains("a")'],
    ['too many characters', `properties.s == "${'a'.repeat(2_000)}"`],
    ['too many nodes', Array.from({ length: 300 }, () => 'true').join(' && ')],
    ['too much depth', `${'('.repeat(100)}true${')'.repeat(100)}`],
    ['too long a list', `1 in [${Array.from({ length: 300 }, () => '1').join(',')}]`],
    ['the host’s time zone', 'timestamp(event.occurred_at).getHours("Europe/Berlin") > 3'],
    ['the host’s day of the year', 'timestamp(event.occurred_at).getDayOfYear() > 3'],
    ['an unknown name', 'process.exit(1)'],
    ['a constructor', 'constructor("return 1")()'],
    ['an unknown function', 'eval("1") == 1'],
    ['nothing', ''],
  ])('is refused: %s', (_, text) => {
    expect(refusal(text)).toMatch(/\w/);
  });

  test('takes a pattern that would hang another engine in its stride', () => {
    expect(evaluate('rematch(properties.s, "^(a+)+$")', { s: `${'a'.repeat(8_000)}!` })).toBe(false);
  });

  test('never throws, whatever text and whatever properties', () => {
    const tokens = fc.constantFrom(
      'properties',
      '.',
      'a',
      '"x"',
      '1',
      '1.5',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '&&',
      '||',
      '!',
      '==',
      '<',
      '+',
      '-',
      '*',
      '/',
      '%',
      '?',
      ':',
      ',',
      'in',
      'has',
      'size',
      'all',
      'x',
      'null',
      'true',
      'rematch',
      'timestamp',
      'event',
      '\\',
      "'",
      ' ',
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(tokens, { maxLength: 20 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(
        texts,
        fc.oneof(fc.json(), fc.string()),
        fc.constantFrom<ExpressionKind>('bool', 'number', 'scalar'),
        (text, json, kind) => {
          const compiled = Expression.compile(text, kind);
          if (compiled.ok) compiled.value.evaluate(context(json));
          else expect(compiled.message).toMatch(/\w/);
          Expression.compileStored(text, kind).evaluate(context(json));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
