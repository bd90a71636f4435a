import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextMemory } from './TextMemory.js';

const read = (memory: TextMemory, bytes: Buffer): string => memory.read(bytes, 0, bytes.length);

it('reads what the bytes say, whatever it has read before', () => {
  const memory = new TextMemory();
  const bytes = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }).map((array) => Buffer.from(array)),
    fc.constantFrom('ü', '\u00ff', 'é').chain((text) => fc.constantFrom(Buffer.from(text), Buffer.from(text, 'latin1'))),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 20 }), (all) => {
      for (const one of [...all, ...all]) expect(read(memory, one)).toBe(one.toString('utf8'));
    }),
    { numRuns: 500 },
  );
});

it('reads from the middle of bytes', () => {
  const memory = new TextMemory();
  const bytes = Buffer.from('alice,bob,alice');
  expect([memory.read(bytes, 0, 5), memory.read(bytes, 6, 9), memory.read(bytes, 10, 15)]).toEqual(['alice', 'bob', 'alice']);
});
