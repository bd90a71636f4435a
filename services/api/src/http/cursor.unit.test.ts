import { CairnError } from '@cairn/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tenantUnlocksCursor, userUnlocksCursor, xpCursor } from './logCursors.js';

const place = fc.record({ logSeq: fc.nat(), ordinal: fc.nat({ max: 2_147_483_647 }), unlockId: fc.uuid() });

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
