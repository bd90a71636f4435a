import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { forEachLine } from './forEachLine.js';

async function linesOf(...chunks: string[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks);
  forEachLine(stream, (line) => lines.push(line));
  await finished(stream);
  return lines;
}

describe('forEachLine', () => {
  it('joins a line that comes in pieces, and gives the last one without a line break', async () => {
    expect(await linesOf('one\ntw', 'o\r\n\nthr', 'ee')).toEqual(['one', 'two', 'three']);
  });

  it('does not collect a line without end', async () => {
    const lines = await linesOf(...Array.from({ length: 10 }, () => 'x'.repeat(10_000)));
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('')).toBe('x'.repeat(100_000));
  });
});
