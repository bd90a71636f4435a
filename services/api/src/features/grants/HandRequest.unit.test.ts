import { CairnError } from '@cairn/contracts';
import { describe, expect, test } from 'vitest';
import { type Holder, readHandRequest } from './HandRequest.js';

const ada: Holder = { kind: 'user', id: 'ada' };

describe('a request to grant', () => {
  test('is read with what was left out', () => {
    expect(readHandRequest(ada, { slug: 'thanks', reason: ' She explained\nthe queue. 🎉 ' }, undefined)).toEqual({
      holder: ada,
      slug: 'thanks',
      level: null,
      period: null,
      reason: 'She explained\nthe queue. 🎉',
      idempotencyKey: null,
    });
  });

  test.each(['', '  ', 'a\0b', 'a\ud83db'])('with the reason %j is refused before anything is written', (reason) => {
    const refused = refusalOf({ slug: 'thanks', reason });
    expect(refused?.code).toBe('invalid_request');
    expect(refused?.message).toMatch(/^reason: /);
  });

  test.each([
    ['slug', { slug: 'a\0b' }],
    ['level', { slug: 'thanks', level: 'a\ud83d' }],
    ['period', { slug: 'thanks', period: '\0' }],
  ])('with a %s that cannot be stored is refused before anybody looks for it', (field, asked) => {
    const refused = refusalOf({ ...asked, reason: 'why' });
    expect([refused?.code, refused?.errors[0]?.field]).toEqual(['invalid_request', field]);
  });
});

function refusalOf(body: unknown): CairnError | null {
  try {
    readHandRequest(ada, body, undefined);
    return null;
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
}
