import { describe, expect, it } from 'vitest';
import { isRevocation, isUnlock } from './unlockSchema.js';

/** The example of the contract, section 6. */
const UNLOCK = {
  unlock_id: '5ba7b810-9dad-81d1-80b4-00c04fd430c8',
  tenant_id: 'default',
  user_id: 'u_12345',
  achievement: { slug: 'steady-responder', name: 'Steady Responder', version: 2, rarity: 'uncommon', category: 'operations' },
  level: null,
  period: null,
  value: 3,
  threshold: 3,
  xp_reward: 50,
  xp_total: 350,
  unlocked_at: '2026-04-12T10:15:00Z',
  caused_by: 'evt_01HZX',
  evidence: ['evt_01HZ1', 'evt_01HZ7', 'evt_01HZX'],
  backfilled: false,
  message: 'You resolved 3 Sev-2 incidents this month and unlocked Steady Responder.',
};
const REVOCATION = { ...UNLOCK, revoked_at: '2026-04-13T10:15:00Z', reason: 'by mistake' };

describe('isUnlock', () => {
  it('knows the unlock of the contract, and that of a team', () => {
    expect(isUnlock(UNLOCK)).toBe(true);
    expect(isUnlock(JSON.parse(JSON.stringify({ ...UNLOCK, level: 'gold', period: '2026-04', value: 2.5, xp_reward: -5 })))).toBe(true);
    expect(isUnlock({ ...UNLOCK, user_id: null, team_id: 'platform' })).toBe(true);
  });

  it.each([
    ['null', null],
    ['a text', 'unlock'],
    ['a missing field', { ...UNLOCK, message: undefined }],
    ['a field too many', { ...UNLOCK, colour: 'red' }],
    ['half a point', { ...UNLOCK, xp_reward: 0.5 }],
    ['a number as level', { ...UNLOCK, level: 1 }],
    ['an achievement without a name', { ...UNLOCK, achievement: { ...UNLOCK.achievement, name: undefined } }],
    ['a revocation', REVOCATION],
  ])('refuses %s', (_, value) => {
    expect(isUnlock(value)).toBe(false);
  });
});

describe('isRevocation', () => {
  it('is the same shape, with when and why', () => {
    expect(isRevocation(REVOCATION)).toBe(true);
    expect(isRevocation(UNLOCK)).toBe(false);
    expect(isRevocation({ ...REVOCATION, reason: null })).toBe(false);
  });
});
