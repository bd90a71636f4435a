import { describe, expect, it } from 'vitest';
import { makeEvent } from '../testing/makeEvent.js';
import { toCandidate } from './Candidate.js';
import { judge } from './judge.js';
import type { KnownEvent } from './KnownEvent.js';

type Said = Parameters<typeof makeEvent>[0];

function known(said: Said, sequence = 7): KnownEvent {
  const { event, ...hashes } = toCandidate(makeEvent(said));
  return { eventId: event.eventId, sequence, ...hashes };
}

const judged = (said: Said, ...others: KnownEvent[]) => judge(toCandidate(makeEvent(said)), others);
const original = (eventId: string, sequence = 7) => ({ status: 'duplicate', eventId, sequence });

describe('judge', () => {
  it('knows nothing of an event that is like none', () => {
    expect(judged({ event_id: 'a' })).toBeNull();
    expect(judged({ event_id: 'a' }, known({ event_id: 'b' }))).toBeNull();
  });

  it('answers the same event id with the original', () => {
    expect(judged({ event_id: 'a' }, known({ event_id: 'a' }))).toEqual(original('a'));
  });

  it('answers the same key with the original, whatever event id comes with it', () => {
    expect(judged({ event_id: 'b', idempotency_key: 'k' }, known({ event_id: 'a', idempotency_key: 'k' }))).toEqual(original('a'));
    expect(judged({ idempotency_key: 'k' }, known({ event_id: 'a', idempotency_key: 'k' }))).toEqual(original('a'));
  });

  it('answers the same fingerprint with the original, though the rest differs', () => {
    const source = { ref: 'sha1' };
    expect(judged({ event_id: 'b', source, properties: { n: 2 } }, known({ event_id: 'a', source, properties: { n: 1 } }))).toEqual(
      original('a'),
    );
    expect(judged({ event_id: 'b', source, user: 'ben' }, known({ event_id: 'a', source }))).toBeNull();
    expect(judged({ event_id: 'b' }, known({ event_id: 'a' }))).toBeNull();
  });

  it('calls another content under the same event id or key a conflict, which names the field', () => {
    for (const [field, said] of [
      ['event_id', { event_id: 'a' }],
      ['idempotency_key', { event_id: 'b', idempotency_key: 'k' }],
    ] as const) {
      const outcome = judged({ ...said, properties: { n: 2 } }, known({ event_id: 'a', idempotency_key: 'k' }));
      expect(outcome).toMatchObject({ status: 'conflict', error: { code: 'idempotency_conflict', errors: [{ field }] } });
    }
  });

  it('lets a conflict go before a duplicate', () => {
    const other = known({ event_id: 'b', idempotency_key: 'k', properties: { n: 9 } }, 8);
    expect(judged({ event_id: 'a', idempotency_key: 'k' }, known({ event_id: 'a' }), other)).toMatchObject({ status: 'conflict' });
    const sameRef = known({ event_id: 'a', source: { ref: 'r' } });
    expect(judged({ event_id: 'b', source: { ref: 'r' } }, sameRef, known({ event_id: 'b', properties: { n: 1 } }))).toMatchObject({
      status: 'conflict',
    });
  });

  it('takes an event for the same though the SDK that sends it was updated', () => {
    const first = known({ event_id: 'a', source: { sdk: 'cairn-js', sdk_version: '1.0.0' } });
    expect(judged({ event_id: 'a', source: { sdk: 'cairn-js', sdk_version: '2.0.0' } }, first)).toEqual(original('a'));
  });
});
