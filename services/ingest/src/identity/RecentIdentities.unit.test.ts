import { describe, expect, it } from 'vitest';
import type { KnownEvent } from './KnownEvent.js';
import { RecentIdentities } from './RecentIdentities.js';

const event = (n: number, keyHash: string | null = null): KnownEvent => ({
  eventId: `e${n}`,
  sequence: n,
  eventIdHash: `${n}`,
  keyHash,
  fingerprint: null,
  payloadHash: '',
});

describe('RecentIdentities', () => {
  it('finds an event by each of its identities, within its tenant', () => {
    const recent = new RecentIdentities(10);
    recent.remember('default', event(1, 'k1'));
    expect(recent.find('default', '1')?.eventId).toBe('e1');
    expect(recent.find('default', 'kk1')?.eventId).toBe('e1');
    expect(recent.find('other', '1')).toBeUndefined();
  });

  it('never holds more than its bound', () => {
    const recent = new RecentIdentities(10);
    for (let n = 0; n < 1_000; n++) {
      recent.remember('default', event(n));
      expect(recent.size).toBeLessThanOrEqual(10);
      expect(recent.find('default', `${n}`)?.sequence).toBe(n);
    }
    expect(recent.find('default', '0')).toBeUndefined();
  });

  it('keeps what is asked for, and lets go of the rest', () => {
    const recent = new RecentIdentities(4);
    recent.remember('default', event(0));
    for (let n = 1; n < 50; n++) {
      recent.remember('default', event(n));
      expect(recent.find('default', '0')?.sequence).toBe(0);
    }
  });
});
