import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Output } from './output.js';
import { createProgressBar } from './progressBar.js';

it('promises no end before there is a rate', () => {
  const shown: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      shown.push(chunk.toString('utf8'));
      done();
    },
  });
  const output = new Output({
    stdout: stream,
    stderr: Object.assign(stream, { isTTY: true }),
    isTTY: { stdout: false, stderr: true },
    noColour: true,
  });
  const bar = createProgressBar(output, 'importing');
  try {
    bar.update(1000, 5000);
    expect(shown.join('')).toContain('1000/5000');
    expect(shown.join('')).not.toContain('ETA');
  } finally {
    bar.stop();
  }
});

it('leaves Ctrl-C to whoever runs the work', () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = new Output({ stdout: stream, stderr: stream, isTTY: { stdout: false, stderr: true }, noColour: true });
  const before = { interrupt: process.listenerCount('SIGINT'), exit: process.listenerCount('exit') };
  const bar = createProgressBar(output, 'importing');
  bar.update(1, 5);
  expect(process.listenerCount('SIGINT')).toBe(before.interrupt);
  bar.stop();
  expect(process.listenerCount('exit')).toBe(before.exit);
});
