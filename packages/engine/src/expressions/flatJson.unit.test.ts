import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FlatJson } from './flatJson.js';
import { KnownText } from './knownText.js';

const names = fc.constantFrom('n', 'name', 'é', '', 'a b', '__proto__', 'x"y', 'tab\t');
const values = fc.oneof(
  fc.constantFrom<unknown>(true, false, null, '', 'text', 'a"b', 'a\\b', 'é😀', '\u2028', '\ud800', [], {}),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 0.1, -1.5, 1e21, 1e-7, 123456789012345, 1234567890123456),
);
const objects = fc.array(fc.tuple(names, values), { maxLength: 6 });
const written = objects.map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`);
const damaged = fc
  .tuple(written, fc.nat(80), fc.constantFrom('', ' ', '"', ',', '}', '0', '-', '.', 'e5', '\\', 'tru', '00', '[', '\n'))
  .map(([text, at, noise]) => text.slice(0, at) + noise + text.slice(at + (noise === '' ? 1 : 0)));

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

describe('flat JSON', () => {
  test('is read as JSON.parse reads it, or not at all', () => {
    const flat = new FlatJson();
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(written, damaged, fc.json(), fc.string()), (text) => {
        if (!flat.read(text)) return;
        read += 1;
        const object = parsed(text);
        expect(object).toBeTypeOf('object');
        for (const name of [...Object.keys(object ?? {}), 'absent', 'na']) {
          const value = Object.hasOwn(object ?? {}, name) ? (object?.[name] ?? undefined) : undefined;
          expect(flat.get(new KnownText(name))).toBe(value);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(200);
  });

  test.each(['{"n":1}', '{"n":-2.50,"s":"text","t":true,"f":false,"x":null}', '{}', '{"a":1,"a":2}'])('takes %s', (text) => {
    expect(new FlatJson().read(text)).toBe(true);
  });

  test.each(['', '[]', '{"n": 1}', '{"n":{}}', '{"n":[1]}', '{"n":01}', '{"n":1e3}', '{"n":1,}', '{"n":1}}', '{"n"}', '{"n":"\\u0041"}'])(
    'leaves %s to JSON.parse',
    (text) => {
      expect(new FlatJson().read(text)).toBe(false);
    },
  );
});
