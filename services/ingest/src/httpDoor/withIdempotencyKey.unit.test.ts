import { describe, expect, it } from 'vitest';
import { withIdempotencyKey } from './withIdempotencyKey.js';

describe('withIdempotencyKey', () => {
  it('stands for the field in the body, or repeats it', () => {
    expect(withIdempotencyKey({ type: 'a.b' }, 'k')).toEqual({ type: 'a.b', idempotency_key: 'k' });
    expect(withIdempotencyKey({ idempotency_key: 'k' }, 'k')).toEqual({ idempotency_key: 'k' });
    expect(withIdempotencyKey({ idempotency_key: 'k' }, undefined)).toEqual({ idempotency_key: 'k' });
  });

  it('refuses another than the one in the body', () => {
    expect(() => withIdempotencyKey({ idempotency_key: 'other' }, 'k')).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        status: 422,
        errors: [expect.objectContaining({ field: 'idempotency_key' })],
      }) as Error,
    );
  });

  it('leaves alone what is no event', () => {
    for (const input of [null, 1, [1]]) expect(withIdempotencyKey(input, 'k')).toBe(input);
  });
});
