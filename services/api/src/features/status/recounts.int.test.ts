import { partitionOf } from '@cairn/contracts';
import { findTenant } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiHarness, PARTITIONS } from '../../testing/ApiHarness.js';
import { buildEvent, TEST_PACK } from '../../testing/packs.js';

let harness: ApiHarness;

beforeAll(async () => {
  harness = await ApiHarness.open();
});
afterAll(async () => {
  await harness.close();
});

interface Read {
  lag: number;
  evaluated_sequence: number;
  recounts: unknown[];
  items: { slug: string; recounting?: boolean }[];
  recounting?: boolean;
}

it('tells of recounts that are pending: in the lag, to their tenant, for the users and achievements that they are about', async () => {
  const token = await harness.token('first');
  const other = await harness.token('second');
  const read = async (path: string, as = token) => (await harness.get(path, as)).body as unknown as Read;
  const published = await harness.call('PUT', '/v1/admin/packs/test-pack', { token, body: TEST_PACK });
  const { sequence } = published.body;
  await harness.append('first', [buildEvent('ada'), buildEvent('ada')]);
  await eventually(async () => expect(await read('/v1/status')).toMatchObject({ lag: 0, recounts: [] }));
  const unlocks = (await read('/v1/unlocks')).items.length;
  expect(unlocks).toBeGreaterThan(0);
  const evaluated = (await read('/v1/status')).evaluated_sequence;

  const tenant = await findTenant(harness.database.pool, 'first');
  const partition = partitionOf('first', 'ada', PARTITIONS);
  const pending = async (slices: number, slicesDone: number) => {
    await harness.database.pool.query('DELETE FROM recounts');
    await harness.database.pool.query(
      `INSERT INTO recounts (tenant_key, partition, log_seq, kind, cause, at, slugs, xp_rules, slices, slices_done, read_seq)
       VALUES ($1, $2, $3, 'recount', 'publication', now(), '{builder}', '{}', $4, $5, $6)`,
      [tenant?.tenantKey, partition, sequence, slices, slicesDone, evaluated],
    );
  };
  await pending(4, 1);
  const recount = { partition, since_sequence: sequence, slugs: ['builder'], xp_rules: [], progress: 0.5 };
  await eventually(async () =>
    expect(await read('/v1/status')).toMatchObject({ lag: 1, evaluated_sequence: evaluated, recounts: [recount] }),
  );
  expect(await read('/v1/status', other)).toMatchObject({ lag: 1, recounts: [] });
  await pending(4, 0);
  const recounting = async () =>
    (await read('/v1/users/ada/progress')).items.filter((item) => item.recounting === true).map(({ slug }) => slug);
  expect(await recounting()).toEqual(['builder']);
  expect(await read('/v1/users/ada/achievements/builder/explain')).toMatchObject({ recounting: true });
  // What it unlocks takes its place behind the publication: nobody may page past it.
  await eventually(async () => expect((await read('/v1/unlocks')).items).toEqual([]));

  await pending(4, 4);
  expect(await recounting()).toEqual([]);
  await harness.database.pool.query('DELETE FROM recounts');
  await eventually(async () => expect(await read('/v1/status')).toMatchObject({ lag: 0, recounts: [] }));
  await eventually(async () => expect((await read('/v1/unlocks')).items).toHaveLength(unlocks));
});
