import { expect, it } from 'vitest';
import { useTestStore } from '../testing/useTestStore.js';
import { acquirePartitions } from './acquirePartitions.js';
import { addUserAlias } from './addUserAlias.js';
import { deleteUserAliases } from './deleteUserAliases.js';
import { listUserAliases } from './listUserAliases.js';

const store = useTestStore('before each test');

it('brings no alias of an erased user back for an evaluator that lost its partition before', async () => {
  const { pool, tenantKey } = store;
  const alias = { tenantKey, alias: 'ada.born', userId: 'ada', logSeq: 17, at: 0 };
  const known = () => listUserAliases(pool, { tenantKey, atSequence: 100 });
  const [lost] = await acquirePartitions(pool, { owner: 'frozen', want: 1, leaseSeconds: -1 });
  if (lost === undefined) throw new Error('no partition is free');
  await addUserAlias(pool, alias, lost);
  expect(await known()).toHaveLength(1);
  const [owned] = await acquirePartitions(pool, { owner: 'next', want: 1, leaseSeconds: 60 });
  expect(owned).toMatchObject({ partition: lost.partition });
  await deleteUserAliases(pool, { tenantKey, aliases: ['ada.born'], before: 40 });
  await addUserAlias(pool, alias, lost);
  expect(await known()).toEqual([]);
});
