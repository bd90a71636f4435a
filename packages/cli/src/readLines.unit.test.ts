import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, readLines } from './readLines.js';

async function* chunks(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

async function collect(parts: readonly Buffer[], lineBytesMax = 100): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(chunks(parts), { lineBytesMax })) lines.push(line);
  return lines;
}

describe('lines of a stream', () => {
  it('are the same however the stream is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[ab\n]{0,40}$/), fc.array(fc.nat(40)), async (text, cuts) => {
        const bytes = Buffer.from(text);
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const lines = await collect(at.slice(1).map((end, index) => bytes.subarray(at[index], end)));
        const expected = text.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(lines.map((line) => line.bytes.toString())).toEqual(expected);
        for (const line of lines) expect(text.slice(line.start, line.end).replace(/\n$/, '')).toBe(line.bytes.toString());
      }),
    );
  });

  it('are cut at the bound, and the next one begins where it does', async () => {
    const lines = await collect([Buffer.from('123'), Buffer.from('4567'), Buffer.from('89\nab')], 5);
    expect(lines.map(({ bytes, start, end, cut }) => [bytes.toString(), start, end, cut])).toEqual([
      ['12345', 0, 10, true],
      ['ab', 10, 12, false],
    ]);
  });
});
