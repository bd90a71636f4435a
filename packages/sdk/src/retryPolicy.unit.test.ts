import { describe, expect, it } from 'vitest';
import { CairnApiError, CairnUnreachableError } from './errors.js';
import { RETRY_AFTER_MS_MAX } from './limits.js';
import { parseRetryAfter } from './readAnswer.js';
import { RETRY_POLICY_DEFAULT, retryDelayMs } from './retryPolicy.js';

const policy = RETRY_POLICY_DEFAULT;

function refusal(status: number, retryAfterMs: number | null = null): CairnApiError {
  return new CairnApiError('refused', { code: 'x', status, retryAfterMs });
}

describe('how long to wait before the next attempt', () => {
  it('is no longer than the doubled bound, and differs from client to client', () => {
    const error = new CairnUnreachableError('http://x', new Error('down'));
    for (let number = 1; number < policy.attemptsMax; number++) {
      const waits = Array.from({ length: 50 }, () => retryDelayMs(policy, { number, error, idempotent: true }) ?? Number.NaN);
      for (const wait of waits) expect(wait).toBeLessThanOrEqual(Math.min(policy.delayMsMax, policy.delayMsFirst * 2 ** (number - 1)));
      expect(new Set(waits).size).toBeGreaterThan(1);
    }
  });

  it('is never shorter than the server asked for', () => {
    expect(retryDelayMs(policy, { number: 1, error: refusal(429, 1000), idempotent: true })).toBeGreaterThanOrEqual(1000);
  });

  it.each([
    ['the last attempt', { number: policy.attemptsMax, error: refusal(503), idempotent: true }],
    ['a refusal', { number: 1, error: refusal(422), idempotent: true }],
    ['a fault of the server', { number: 1, error: refusal(500), idempotent: true }],
    ['a rest that is too long', { number: 1, error: refusal(503, RETRY_AFTER_MS_MAX + 1), idempotent: true }],
    ['a lost answer to what must be done once', { number: 1, error: new CairnUnreachableError('http://x', null), idempotent: false }],
    ['a gateway without an answer to what must be done once', { number: 1, error: refusal(504), idempotent: false }],
    ['an error of somebody else', { number: 1, error: new TypeError('bug'), idempotent: true }],
  ])('is none after %s', (_name, attempt) => {
    expect(retryDelayMs(policy, attempt)).toBeNull();
  });
});

describe('Retry-After', () => {
  it('comes in seconds, or as a date', () => {
    const now = Date.parse('2026-04-12T10:15:00Z');
    expect(parseRetryAfter('3', now)).toBe(3000);
    expect(parseRetryAfter('Sun, 12 Apr 2026 10:15:07 GMT', now)).toBe(7000);
    expect(parseRetryAfter('Sun, 12 Apr 2026 10:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeNull();
    expect(parseRetryAfter(null, now)).toBeNull();
  });
});
