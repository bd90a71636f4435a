import { describe, expect, it } from 'vitest';
import { admitEvent } from './admission.js';
import { decodeEventBatch, encodeEventBatch } from './eventBatch.js';
import { eventOfMergedTenant } from './eventOfMergedTenant.js';
import { isEventId } from './identifiers.js';
import { decodeUnpacked } from './testing/decodeUnpacked.js';

function event(said: { event_id?: string; idempotency_key?: string; tenant?: string }) {
  const { tenant = 'lab', ...ids } = said;
  return admitEvent(
    { type: 'build.succeeded', actor: { user_id: 'ada' }, source: { ref: 'commit/1' }, occurred_at: '2026-04-12T10:15:00Z', ...ids },
    { tenantId: tenant, mayWriteTo: () => true, receivedAt: Date.parse('2026-04-12T10:15:01Z') },
  );
}

const taker = { tenantId: 'corp', userId: 'ada' };
const idOf = (said: Parameters<typeof event>[0]) => eventOfMergedTenant(event(said), taker).eventId;

describe('an event of a tenant that was merged into another', () => {
  it('is another than that of the other under the same id and key, and the same deed of the same person', () => {
    const ids = { event_id: 'e1', idempotency_key: 'k1' };
    const own = event({ ...ids, tenant: 'corp' });
    const came = eventOfMergedTenant(event(ids), taker);
    expect(came).toMatchObject({ eventId: 'lab:e1', idempotencyKey: 'lab:k1', tenantId: 'corp', userId: 'ada' });
    expect(came.identity.eventIdHash).not.toEqual(own.identity.eventIdHash);
    expect(came.identity.keyHash).not.toEqual(own.identity.keyHash);
    expect(came.identity.fingerprint).toEqual(own.identity.fingerprint);
  });

  it('is the same each time that it is told, and has no key where it had none', () => {
    expect(eventOfMergedTenant(event({ event_id: 'e1' }), taker)).toEqual(eventOfMergedTenant(event({ event_id: 'e1' }), taker));
    expect(eventOfMergedTenant(event({ event_id: 'e1' }), taker)).toMatchObject({ idempotencyKey: null, identity: { keyHash: null } });
  });

  it('has an id that is one, however long it was, over as many merges as there are', () => {
    const long = (last: string) => 'x'.repeat(127) + last;
    expect(idOf({ event_id: long('a') })).not.toBe(idOf({ event_id: long('b') }));
    let came = event({ event_id: long('a'), tenant: 't'.repeat(63) });
    for (const tenantId of ['a'.repeat(63), 'b'.repeat(63), 'corp']) {
      came = eventOfMergedTenant(came, { ...taker, tenantId });
      expect(isEventId(came.eventId)).toBe(true);
    }
    expect(decodeUnpacked(encodeEventBatch({ tenantId: 'corp', events: [came] })).events).toEqual([came]);
  });

  it('is the same when it comes out of an entry of the log', () => {
    const told = event({ event_id: 'e1', idempotency_key: 'k1' });
    const logged = decodeEventBatch(encodeEventBatch({ tenantId: 'lab', events: [told] })).events.map((one) =>
      eventOfMergedTenant(one, taker),
    );
    expect(logged).toEqual([eventOfMergedTenant(told, taker)]);
  });
});
