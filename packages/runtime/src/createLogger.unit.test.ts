import { describe, expect, it } from 'vitest';
import { createLogger, type LoggerOptions } from './createLogger.js';

function logTo(pretty: LoggerOptions['pretty'], isTTY = false) {
  const lines: string[] = [];
  const destination = { isTTY, write: (line: string) => void lines.push(line) };
  return { lines, log: createLogger({ name: 'cairn', level: 'info', pretty, destination }) };
}

describe('createLogger', () => {
  it('writes JSON where nobody looks, and keeps secrets out of it', () => {
    const { lines, log } = logTo('auto');
    log.info({ token: 'cairn_abc', request: { authorization: 'Bearer x' } }, 'hello');
    log.debug('not at this level');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      name: 'cairn',
      msg: 'hello',
      level: 30,
      token: '[secret]',
      request: { authorization: '[secret]' },
    });
  });

  it.each([
    ['on', false],
    ['auto', true],
  ] as const)('writes a line for people with pretty %s', (pretty, isTTY) => {
    const { lines, log } = logTo(pretty, isTTY);
    log.warn({ port: 7400, err: new Error('taken') }, 'the port is in use');
    expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} warn {2}cairn: the port is in use port=7400\n {4}Error: taken\n/);
  });
});
