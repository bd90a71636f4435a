import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { environment } from './environment.js';
import { EventContext } from './eventContext.js';
import { Expression, type ExpressionKind } from './expression.js';
import { estimateExpression } from './expressionCost.js';
import { EXPRESSION_COST_MAX } from './limits.js';

let steps = 0;

/** Knows a function besides that counts how often it is called: what an evaluation takes is counted, not timed. */
const counting = environment.clone().registerFunction('step(dyn): bool', () => {
  steps += 1;
  return true;
});

const contextOf = (propertiesJson: string): EventContext => new EventContext().of({ ...makeEvent(), propertiesJson });

const lists = fc.constantFrom(
  'properties.l',
  'properties.s.split("")',
  'properties.s.split(",")',
  '[1, 2, 3]',
  'properties.o',
  'properties.l + properties.l',
);
const conditions = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('step(1)', 'step(x)', 'properties.b', 'true', 'false', 'step(properties.missing)'),
    fc
      .tuple(lists, fc.constantFrom('all', 'exists', 'exists_one'), tie('node'))
      .map(([list, name, body]) => `(${list}).${name}(x, ${body})`),
    fc.tuple(lists, tie('node'), tie('node')).map(([list, body, other]) => `(${list}).filter(x, ${body}).map(x, ${other}).size() >= 0`),
    fc.tuple(tie('node'), fc.constantFrom('&&', '||'), tie('node')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
  ),
})).node;
const properties = fc
  .record({
    l: fc.array(fc.nat(9), { maxLength: 40 }),
    s: fc.string({ maxLength: 40 }),
    o: fc.dictionary(fc.string({ maxLength: 3 }), fc.nat(9), { maxKeys: 10 }),
    b: fc.boolean(),
  })
  .map((object) => JSON.stringify(object));

const REACHING = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'length'];
const paths = fc
  .tuple(
    fc.constantFrom(
      'properties',
      'properties.o',
      'properties.l',
      'properties.s',
      'event',
      'actor',
      'source',
      '{"a": 1}',
      '[1]',
      '"text"',
      '1.5',
      'type(1)',
    ),
    fc.array(
      fc.constantFrom(...REACHING).chain((name) => fc.constantFrom(`.${name}`, `["${name}"]`, `.${name}()`, `[dyn("${name}")]`)),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([root, steps]) => root + steps.join(''));

describe('the bounds of an expression', () => {
  // proves: expressions-are-bounded
  test('hold: no evaluation takes more steps than were reckoned with', () => {
    let counted = 0;
    fc.assert(
      fc.property(conditions, properties, (text, json) => {
        const parsed = counting.parse(text);
        if (!parsed.check().valid) return;
        const { cost } = estimateExpression(parsed.ast);
        if (cost > EXPRESSION_COST_MAX) return;
        steps = 0;
        try {
          parsed(contextOf(json));
        } catch (error) {
          // It failed, which takes steps as well.
          expect(error).toBeInstanceOf(Error);
        }
        counted += steps;
        expect(steps).toBeLessThanOrEqual(cost);
      }),
      { numRuns: 3_000 },
    );
    expect(counted).toBeGreaterThan(1_000);
  });

  // proves: expressions-are-bounded
  test('keep it away from prototypes, by whatever way it is written', () => {
    fc.assert(
      fc.property(paths, fc.constantFrom<ExpressionKind>('bool', 'number', 'scalar'), (text, kind) => {
        const compiled = Expression.compile(text, kind);
        if (!compiled.ok) return;
        const json = JSON.stringify({ o: { a: 1 }, l: [1], s: 'text' });
        expect([text, compiled.value.evaluate(contextOf(json))]).toEqual([text, null]);
      }),
      { numRuns: 1_500 },
    );
  });
});
