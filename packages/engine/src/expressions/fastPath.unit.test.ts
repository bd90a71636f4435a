import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { environment } from './environment.js';
import { EventContext } from './eventContext.js';
import { fastPathOf, UNDECIDED } from './fastPath.js';

const names = fc.constantFrom('n', 'm', 's', 't', 'b', 'missing');
const literals = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map(String),
  fc.constantFrom('0.5', '2.0', '-1.5', '9007199254740991', '9007199254740993', '1e300'),
  fc.constantFrom('"a"', '"b"', '""', 'true', 'false', 'null'),
);
const operands = fc.oneof(
  names.map((name) => `properties.${name}`),
  literals,
);
const comparisons = fc.tuple(operands, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), operands).map((parts) => parts.join(' '));
const lists = fc.tuple(operands, fc.array(fc.constantFrom('"a"', '"b"', '"c"'), { maxLength: 3 }));
const atoms = fc.oneof(
  comparisons,
  operands,
  lists.map(([operand, list]) => `${operand} in [${list.join(', ')}]`),
);
const expressions = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atoms,
    fc.tuple(tie('node'), fc.constantFrom('&&', '||', '=='), tie('node')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('node').map((operand) => `!(${operand})`),
  ),
})).node;
const values = fc.oneof(
  fc.constantFrom<unknown>(-1, 0, 1, 2, 0.5, 1e300, 9007199254740992, 'a', 'b', '', true, false, null),
  fc.array(fc.integer()),
  fc.object(),
);
const own = { n: values, m: values, s: values, t: values, b: values };
const properties = fc
  .oneof(
    { weight: 9, arbitrary: fc.record(own, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.record({ ...own, constructor: values, toString: values }, { requiredKeys: [] }) },
  )
  .map((object) => JSON.stringify(object));

/** What the evaluator of the library says. */
function evaluateSlowly(text: string, context: EventContext): unknown {
  try {
    const value: unknown = environment.parse(text)(context);
    return typeof value === 'bigint' ? Number(value) : value;
  } catch {
    return UNDECIDED;
  }
}

describe('the fast path', () => {
  test('says what the evaluator says, or nothing', () => {
    let decided = 0;
    fc.assert(
      fc.property(expressions, properties, (text, propertiesJson) => {
        const parsed = environment.parse(text);
        if (!parsed.check().valid) return;
        const context = new EventContext().of({ ...makeEvent(), propertiesJson });
        const fast = fastPathOf(parsed.ast)?.(context) ?? UNDECIDED;
        if (fast === UNDECIDED) return;
        decided += 1;
        expect(fast).toEqual(evaluateSlowly(text, context));
      }),
      { numRuns: 4_000 },
    );
    expect(decided).toBeGreaterThan(200);
  });

  test.each([
    'properties.a.b == 1',
    'properties.constructor == "a"',
    'event.type == "a"',
    'size(properties.s) > 1',
    'properties["n"] == 1',
  ])('leaves %s to the evaluator', (text) => {
    expect(fastPathOf(environment.parse(text).ast)).toBeNull();
  });
});
