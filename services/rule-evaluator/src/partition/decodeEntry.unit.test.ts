import { encodeControlEntry, encodeEventBatch, logControlSubject, logSubject } from '@cairn/contracts';
import { expect, it } from 'vitest';
import { anEvent } from '../testing/anEvent.js';
import { decodeEntry, type Entry, singly } from './decodeEntry.js';

it('takes what was cut off anywhere, or goes on behind its end, for undecodable', () => {
  const events = encodeEventBatch({ tenantId: 'default', events: [anEvent({ id: 'a', key: 'k' }), anEvent({ id: 'b' })] });
  const target = { userId: 'ada', slug: 's', level: null, period: null, reason: 'r' };
  const control = encodeControlEntry({ entryId: 'c', tenantId: 'default', at: 0, actor: 'a', body: { kind: 'unlock_granted', ...target } });
  for (const [subject, data] of [
    [logSubject(0, 'default'), events],
    [logControlSubject('default', 'unlock_granted'), control],
  ] as const) {
    const kindOf = (bytes: Uint8Array) => decodeEntry({ sequence: 1, subject, data: bytes }).kind;
    expect(kindOf(data)).not.toBe('undecodable');
    for (let length = 0; length < data.length; length++) expect(kindOf(data.subarray(0, length)), `${length} bytes`).toBe('undecodable');
    expect(kindOf(Buffer.concat([data, Buffer.of(0)]))).toBe('undecodable');
  }
});

it('tells an entry of a newer version from what cannot be read', () => {
  const newer = encodeEventBatch({ tenantId: 'default', events: [] });
  newer.fill(0x7e, 2, 10);
  const entry = decodeEntry({ sequence: 7, subject: logSubject(0, 'default'), data: newer });
  expect(entry).toMatchObject({ kind: 'newer', error: { code: 'newer_entry' } });
  expect(entry.kind === 'newer' && entry.error.message).toMatch(/entry 7 of the log \(log\.0\.default\).*7e7e7e.*run that version/);
});

it('takes entries apart into single events that know their places', () => {
  const raw = { sequence: 5, subject: 'log.0.default', data: Buffer.alloc(0) };
  const events = ['a', 'b', 'c'].map((id) => anEvent({ id }));
  const entry: Entry = { raw, sequence: 5, kind: 'events', tenantId: 'default', events, firstIndex: 4, isEnd: true };
  const unreadable: Entry = { raw, sequence: 6, kind: 'undecodable', message: '' };
  expect(singly([entry, unreadable])).toMatchObject([
    { events: [{ eventId: 'a' }], firstIndex: 4, isEnd: false },
    { events: [{ eventId: 'b' }], firstIndex: 5, isEnd: false },
    { events: [{ eventId: 'c' }], firstIndex: 6, isEnd: true },
    { kind: 'undecodable' },
  ]);
});
