import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiHarness } from '../../testing/ApiHarness.js';
import { like } from '../../testing/like.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});

afterAll(async () => {
  await harness.close();
});

describe('achievements of teams', () => {
  const TEAM_PACK = {
    pack: 'teams',
    achievements: [
      {
        slug: 'together',
        name: 'Together',
        reason: 'A test.',
        scope: 'team',
        criteria: { type: 'count', event: 'build.succeeded', threshold: 3 },
      },
    ],
  };

  it('stand with the teams, not with the users', async () => {
    const { token } = await harness.newTenantWithPack();
    const published = await harness.call('PUT', '/v1/admin/packs/teams', { token, body: TEAM_PACK });
    expect(published.status).toBe(200);
    const ofTeam = await harness.get('/v1/teams/platform/progress', token);
    expect(ofTeam.body.items).toEqual([{ slug: 'together', name: 'Together', status: 'locked', value: 0, threshold: 3, eligible: true }]);
    const ofUser = await harness.get('/v1/users/ann/progress', token);
    expect(ofUser.body.items.map(({ slug }) => slug)).not.toContain('together');
    expect((await harness.get('/v1/teams/platform/unlocks', token)).body).toEqual({ items: [], next_cursor: null });
    expect((await harness.get(`/v1/teams/${'x'.repeat(129)}/unlocks`, token)).status).toBe(422);
    expect((await harness.get('/v1/status', token)).body.teams).toMatchObject({ lag: 0, owner: like.any(String) });
  });

  it('are given to teams alone, and those of users to users', async () => {
    const { token } = await harness.newTenantWithPack();
    await harness.call('PUT', '/v1/admin/packs/teams', { token, body: TEAM_PACK });
    const give = (path: string, slug: string) =>
      harness.call('POST', `/v1/admin/${path}/grants`, { token, body: { slug, reason: 'A test.' } });
    expect(await give('users/ann', 'together')).toMatchObject({ status: 422, body: { detail: like.stringContaining('is for a team') } });
    expect(await give('teams/platform', 'honour')).toMatchObject({ status: 422, body: { detail: like.stringContaining('is for a user') } });
  });
});
