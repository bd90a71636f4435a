import { partitionOf } from '@cairn/contracts';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { anEvent } from './testing/anEvent.js';
import { aCount, EvaluatorHarness, PARTITIONS } from './testing/EvaluatorHarness.js';

let harness: EvaluatorHarness;

beforeAll(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.reset();
});
afterAll(async () => {
  await harness.close();
});

/** Users of two partitions, so that two workers meet in the dedup table. */
const [left, right] = [0, 1].map((partition) =>
  Array.from({ length: 100 }, (_, i) => `user-${i}`).find((user) => partitionOf('default', user, PARTITIONS) === partition),
) as [string, string];

it('takes one of two events with the same id in two partitions, and puts the other into the dead letters', async () => {
  const pairs = 200;
  await harness.append(
    Array.from({ length: pairs }, (_, i) => [
      anEvent({ id: `same-${i}`, key: `left-${i}`, user: left }),
      anEvent({ id: `same-${i}`, key: `right-${i}`, user: right }),
    ]).flat(),
  );
  // By their keys alone, against the order of the ids: the unique indexes are locked in different orders.
  await harness.append(
    Array.from({ length: pairs }, (_, i) => [
      anEvent({ id: `l-${i}`, key: `key-${i}`, user: left }),
      anEvent({ id: `r-${pairs - i}`, key: `key-${i}`, user: right }),
    ]).flat(),
  );
  await harness.startEvaluator('one');
  await harness.evaluated();
  expect(await harness.count('events')).toBe(2 * pairs);
  expect(await harness.deadLetters('idempotency_conflict', 2 * pairs)).toHaveLength(2 * pairs);
});

// proves: tenants-apart
it('keeps the same user and the same events of two tenants apart', async () => {
  await harness.startEvaluator('one');
  await harness.publishPack([aCount('two', 2)]);
  await harness.publishPack([aCount('two', 3)], { tenantId: 'acme' });
  for (const tenant of ['default', 'acme']) {
    await harness.append(['1', '2'].map((id) => anEvent({ id, tenant, key: `key-${id}`, user: 'ada' })));
  }
  await harness.evaluated();
  expect(
    await harness.rows('SELECT tenant_id, count(*)::int AS n FROM events JOIN tenants USING (tenant_key) GROUP BY 1 ORDER BY 1'),
  ).toEqual([
    { tenant_id: 'acme', n: 2 },
    { tenant_id: 'default', n: 2 },
  ]);
  expect(await harness.rows('SELECT tenant_id FROM unlocks JOIN tenants USING (tenant_key)')).toEqual([{ tenant_id: 'default' }]);
});

it('knows the duplicates in an entry that is larger than a batch and than what is remembered', async () => {
  const size = 12_000;
  const entry = Array.from({ length: size }, (_, i) => anEvent({ id: `e-${i}`, key: `k-${i}`, user: left, at: instant(i) }));
  const first = await harness.startEvaluator('one');
  await harness.publishPack([aCount('all', size)]);
  await harness.append([...entry.slice(0, size - 1), ...entry.slice(0, 2_000)]);
  await harness.evaluated({ timeoutMs: 20_000 });
  expect(await harness.count('events')).toBe(size - 1);
  await harness.stopEvaluator(first);
  await harness.append(entry);
  await harness.startEvaluator('two');
  await harness.evaluated({ timeoutMs: 20_000 });
  expect(await harness.count('events')).toBe(size);
  expect(await harness.rows('SELECT value FROM unlocks')).toEqual([{ value: size }]);
});

function instant(i: number): string {
  return new Date(Date.UTC(2026, 3, 12) + i * 1_000).toISOString();
}
