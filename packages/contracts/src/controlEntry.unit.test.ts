import { describe, expect, it } from 'vitest';
import { type ControlBody, decodeControlEntry, encodeControlEntry } from './controlEntry.js';

const TARGET = { userId: 'gräfin ada', slug: 'early-adopter', level: null, period: null, reason: 'was there from the start' };
const { userId: _, ...REST } = TARGET;
const BODIES: ControlBody[] = [
  { kind: 'pack_published', pack: 'git', contentJson: '{"pack":"git","achievements":[]}' },
  { kind: 'unlock_granted', ...TARGET },
  { kind: 'unlock_granted', ...TARGET, backfilled: true },
  { kind: 'team_unlock_granted', teamId: 'plättform', ...REST, backfilled: true },
  { kind: 'unlock_revoked', ...TARGET, level: 'gold', period: '2026-W15' },
  { kind: 'team_unlock_granted', teamId: 'plättform', ...REST },
  { kind: 'team_unlock_revoked', teamId: 'platform', ...REST, level: 'gold', period: '2026-W15' },
  { kind: 'tenant_configured', timezone: 'Europe/Berlin', tierOrder: ['free', 'team'] },
  { kind: 'tenant_configured', timezone: null, tierOrder: null },
  { kind: 'event_retracted', eventId: 'evt_01HZX', userId: 'gräfin ada', reason: 'sent twice under two ids' },
  { kind: 'users_merged', from: 'ada', into: 'gräfin ada', reason: 'she married' },
  { kind: 'user_erased', userIds: ['gräfin ada', 'ada'] },
  { kind: 'user_erased', userIds: [] },
  { kind: 'tenant_merged', into: 'acme', reason: 'one department' },
];

describe('control entries', () => {
  it.each(BODIES)('survive the log: $kind', (body) => {
    const entry = { entryId: 'c1', tenantId: 'default', at: 1_775_988_900_000, actor: 'dev', body };
    expect(decodeControlEntry(encodeControlEntry(entry))).toEqual(entry);
  });

  it('are refused where they are not of their schema', () => {
    expect(() => decodeControlEntry(Buffer.from('{}'))).toThrow(expect.objectContaining({ code: 'undecodable_entry' }) as Error);
  });
});
