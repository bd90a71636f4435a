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

it('says how far it is now and then where there is no terminal, and nothing of what is soon done', () => {
  const shown: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      shown.push(chunk.toString('utf8'));
      done();
    },
  });
  const output = new Output({ stdout: stream, stderr: stream, isTTY: { stdout: false, stderr: false }, noColour: true });
  let now = 0;
  const bar = createProgressBar(output, 'Replaying', () => now);
  for (const [at, done] of [
    [0, 1],
    [14_000, 2],
    [16_000, 30],
    [17_000, 40],
    [32_000, 99],
  ] as const) {
    now = at;
    bar.update(done, 200);
  }
  now += 20_000;
  bar.hold('the far end rests');
  bar.hold('the far end rests');
  bar.stop();
  expect(shown.join('').split('\n')).toEqual([
    'cairn: Replaying: 30 of 200, 15 %',
    'cairn: Replaying: 99 of 200, 49 %',
    'cairn: Replaying: the far end rests',
    '',
  ]);
});
