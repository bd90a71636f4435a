import { CairnError } from '@cairn/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenantUnlocksCursor, userUnlocksCursor, xpCursor } from './logCursors.js';

const place = fc.record({
  unlockedAt: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((at) => at.getTime()),
  logSeq: fc.nat(),
  ordinal: fc.nat({ max: 2_147_483_647 }),
  unlockId: fc.uuid(),
});

describe('a cursor', () => {
  it('comes back as the place that it was made of', () => {
    fc.assert(
      fc.property(place, (at) => {
        expect(userUnlocksCursor.decode(userUnlocksCursor.encode(at))).toEqual(at);
      }),
    );
  });

  it('is refused by another list', () => {
    fc.assert(
      fc.property(place, (at) => {
        const cursor = userUnlocksCursor.encode(at);
        expect(() => tenantUnlocksCursor.decode(cursor)).toThrow(CairnError);
        expect(() => xpCursor.decode(cursor)).toThrow(CairnError);
      }),
    );
  });

  it.each([8.64e15, -8.64e15, 0.5, '2026-04-12'])('is refused where %s is no instant that the store could hold', (unlockedAt) => {
    const forged = JSON.stringify(['user_unlocks', { unlockedAt, logSeq: 1, ordinal: 0, unlockId: crypto.randomUUID() }]);
    expect(() => userUnlocksCursor.decode(Buffer.from(forged).toString('base64url'))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('is refused as garbage, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(() => xpCursor.decode(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
        },
      ),
    );
  });
});
