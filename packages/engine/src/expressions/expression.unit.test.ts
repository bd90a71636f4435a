import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { describeFailure, describeFalse } from './describeExpression.js';
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
});

describe('why a condition is false', () => {
  const properties = {
    severity: 'sev3',
    minutes: 7,
    limit: 5,
    tags: ['a', 'b'],
    merged: false,
    branch: 'feature/x',
    at: '2026-04-12T10:15:00Z',
  };
  const why = (text: string): string => {
    const compiled = Expression.compile(text, 'bool');
    if (!compiled.ok) throw new Error(compiled.message);
    const told = context(properties);
    expect(compiled.value.evaluate(told)).toBe(false);
    return describeFalse(compiled.value, told);
  };

  test.each([
    ['properties.severity == "sev2"', 'properties.severity is "sev3", not "sev2"'],
    ['"sev2" == properties["severity"]', 'properties.severity is "sev3", not "sev2"'],
    ['properties.severity != "sev3"', 'properties.severity is "sev3"'],
    ['properties.minutes > 10.0', 'properties.minutes is 7, which is not more than 10.0'],
    ['properties.minutes >= 10.0', 'properties.minutes is 7, which is less than 10.0'],
    ['10.0 < properties.minutes', 'properties.minutes is 7, which is not more than 10.0'],
    ['properties.minutes <= properties.limit', 'properties.minutes is 7, which is more than properties.limit (5)'],
    ['properties.minutes * 2.0 < 10.0', 'properties.minutes * 2.0 is 14, which is not less than 10.0'],
    ['properties.severity in ["sev1", "sev2"]', 'properties.severity is "sev3", which is none of ["sev1", "sev2"]'],
    ['"c" in properties.tags', 'properties.tags is ["a","b"], which does not contain "c"'],
    ['size(properties.tags) > 2', 'size(properties.tags) is 2, which is not more than 2'],
    ['has(properties.project)', 'properties.project is absent'],
    ['properties.merged', 'properties.merged is false'],
    ['!has(properties.limit)', 'properties.limit is 5'],
    ['properties.branch.startsWith("release/")', 'properties.branch is "feature/x", which does not begin with "release/"'],
    ['rematch(properties.branch, "^release/")', 'properties.branch is "feature/x", which does not match "^release/"'],
    ['!properties.branch.endsWith("x")', 'properties.branch is "feature/x", which ends with "x"'],
    ['properties.tags.exists(tag, tag == "c")', 'properties.tags is ["a","b"]'],
    ['timestamp(properties.at).getHours() < 9', 'timestamp(properties.at).getHours() is 10, which is not less than 9'],
    [
      'timestamp(properties.at) < timestamp("2026-01-01T00:00:00Z")',
      'timestamp(properties.at) is 2026-04-12T10:15:00Z, which is not less than timestamp("2026-01-01T00:00:00Z")',
    ],
    ['false', 'it is always false'],
  ])('%s', (text, words) => {
    expect(why(text)).toBe(words);
  });

  test.each([
    ['the operand that decided', 'properties.minutes > 5.0 && properties.severity == "sev2"', 'properties.severity is "sev3", not "sev2"'],
    [
      'an operand behind one that fails',
      'properties.none == 1.0 && properties.minutes > 10.0',
      'properties.minutes is 7, which is not more than 10.0',
    ],
    [
      'both where both had to be',
      'properties.severity == "sev2" || properties.minutes > 10.0',
      'properties.severity is "sev3", not "sev2"; properties.minutes is 7, which is not more than 10.0',
    ],
    [
      'what is denied',
      '!(properties.minutes > 5.0 && properties.limit == 5.0)',
      'properties.minutes is 7, which is more than 5.0; properties.limit is 5',
    ],
    ['one that is enough to deny', '!(properties.none == 1.0 || properties.limit == 5.0)', 'properties.limit is 5'],
    [
      'the branch that was taken',
      'has(properties.project) ? true : properties.minutes == 1.0',
      'properties.project is absent; properties.minutes is 7, not 1.0',
    ],
  ])('%s', (_, text, words) => {
    expect(why(text)).toBe(words);
  });

  test('names what is absent where it failed', () => {
    const compiled = Expression.compile('properties.severity == "sev2" && properties.a.b > 1', 'bool');
    const told = context({ severity: 'sev2' });
    if (!compiled.ok) throw new Error(compiled.message);
    expect(compiled.value.evaluate(told)).toBeNull();
    expect(describeFailure(compiled.value, told)).toBe('properties.a.b is absent (No such key: a)');
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
