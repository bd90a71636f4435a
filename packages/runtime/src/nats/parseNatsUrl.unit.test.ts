import { describe, expect, it } from 'vitest';
import { parseNatsUrl } from './parseNatsUrl.js';

describe('parseNatsUrl', () => {
  it.each([
    ['nats://localhost', { servers: ['localhost:4222'] }],
    ['localhost:4333', { servers: ['localhost:4333'] }],
    ['nats://a:1, nats://b:2', { servers: ['a:1', 'b:2'] }],
    ['nats://cairn:p%40ss@a:1', { servers: ['a:1'], user: 'cairn', pass: 'p@ss' }],
    ['nats://s3cr3t@a:1', { servers: ['a:1'], token: 's3cr3t' }],
    ['tls://a:1', { servers: ['a:1'], tls: {} }],
    ['nats://[::1]:4222', { servers: ['[::1]:4222'] }],
  ])('%s', (url, expected) => {
    expect(parseNatsUrl(url)).toEqual(expected);
  });

  it('refuses an empty one', () => {
    expect(() => parseNatsUrl(' ')).toThrow('the NATS URL is empty');
  });
});
