import { describe, expect, it } from 'vitest';
import { batchOf, unlockRow } from '../testing/batches.js';
import { useTestStore } from '../testing/useTestStore.js';
import { commitBatch } from './commitBatch.js';
import { ensureTenant } from './ensureTenant.js';
import { listTeams } from './listTeams.js';
import { listTenantUnlocks, listUserUnlocks } from './listUnlocks.js';
import { listUserStates } from './listUserStates.js';
import { loadUsers } from './loadUsers.js';
import { publishDefinitions } from './publishDefinitions.js';
import { readUserState } from './readUserState.js';
import { readUserStates } from './readUserStates.js';
import { tenantsWithTeams } from './tenantsWithTeams.js';

const store = useTestStore('before each test');

async function loadOne(kind: 'user' | 'team' | 'member', userId: string): Promise<number> {
  const [loaded] = await loadUsers(store.pool, { tenantKey: store.tenantKey, userIds: [userId], kind });
  if (loaded === undefined) throw new Error('nobody was loaded');
  return loaded.userKey;
}

describe('a team of the same name as a user', () => {
  it('has a state and unlocks of its own, which no list of users shows', async () => {
    const { pool, tenantKey, ada } = store;
    const team = await loadOne('team', 'ada');
    const member = await loadOne('member', 'ada');
    expect(new Set([ada, team, member]).size).toBe(3);
    expect(await loadOne('team', 'ada')).toBe(team);
    await commitBatch(
      await store.pipeline(),
      batchOf({
        oldSeq: 0,
        newSeq: 5,
        userStates: [ada, team, member].map((userKey, i) => ({ tenantKey, userKey, state: Buffer.from([i]) })),
        unlocks: [unlockRow({ tenantKey, userKey: ada, slug: 'alone' }), unlockRow({ tenantKey, userKey: team, slug: 'together' })],
      }),
    );

    const stateOf = async (kind: 'user' | 'team' | 'member') => (await readUserState(pool, { tenantKey, userId: 'ada', kind }))?.state?.[0];
    expect([await stateOf('user'), await stateOf('team'), await stateOf('member')]).toEqual([0, 1, 2]);
    expect((await readUserState(pool, { tenantKey, userId: 'ada' }))?.userKey).toBe(ada);
    expect((await readUserStates(pool, { tenantKey, userIds: ['ada', 'ben'] })).map(({ userKey }) => userKey)).toEqual([ada]);
    expect((await readUserStates(pool, { tenantKey, userIds: ['ada'], kind: 'member' })).map(({ userKey }) => userKey)).toEqual([member]);
    expect((await listUserStates(pool, { tenantKey, limit: 9 })).map(({ userKey }) => userKey)).toEqual([ada]);
    const slugsOf = async (kind: 'user' | 'team') =>
      (await listUserUnlocks(pool, { tenantKey, userId: 'ada', kind, limit: 9 })).map(({ slug }) => slug);
    expect([await slugsOf('user'), await slugsOf('team')]).toEqual([['alone'], ['together']]);
    const all = await listTenantUnlocks(pool, { tenantKey, watermark: 9, limit: 9 });
    expect(Object.fromEntries(all.map(({ slug, userId, teamId }) => [slug, { userId, teamId }]))).toEqual({
      alone: { userId: 'ada', teamId: null },
      together: { userId: null, teamId: 'ada' },
    });
  });
});

it('lists the teams of a tenant page by page, and nobody else', async () => {
  const { pool, tenantKey } = store;
  for (const team of ['red', 'blue', 'green']) await loadOne('team', team);
  const page = await listTeams(pool, { tenantKey, limit: 2 });
  expect(page).toEqual(['blue', 'green']);
  expect(await listTeams(pool, { tenantKey, limit: 2, after: 'green' })).toEqual(['red']);
});

it('knows which tenants have teams from which place in the log on, also when the achievement is retired', async () => {
  const { pool, tenantKey } = store;
  const other = await ensureTenant(pool, 'other');
  const publication = { publishedAt: 0, publishedBy: 'test', content: {}, retired: [] };
  const ofUsers = { slug: 'alone', version: 1, definition: { scope: 'user' } };
  await publishDefinitions(pool, { ...publication, tenantKey: other.tenantKey, pack: 'p', logSeq: 3, versions: [ofUsers] });
  const ofTeams = { slug: 'together', version: 1, definition: { scope: 'team' } };
  await publishDefinitions(pool, { ...publication, tenantKey, pack: 'p', logSeq: 5, versions: [ofTeams] });
  await publishDefinitions(pool, { ...publication, tenantKey, pack: 'p', logSeq: 7, versions: [], retired: ['together'] });
  expect(await tenantsWithTeams(pool, { atSequence: 4 })).toEqual([]);
  expect(await tenantsWithTeams(pool, { atSequence: 9 })).toEqual(['default']);
});
