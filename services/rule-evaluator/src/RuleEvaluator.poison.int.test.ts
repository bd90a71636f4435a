import { decodeLetteredEvent, encodeEventBatch, partitionOf, readTries, triesHeaders } from '@cairn/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

const events = (from: number, to: number, user = 'ada') =>
  Array.from({ length: to - from + 1 }, (_, i) => anEvent({ id: `${user}-${from + i}`, user }));
/** Somebody else in the partition of ada. */
const neighbour = Array.from({ length: 100 }, (_, i) => `user-${i}`).find(
  (user) => partitionOf('default', user, PARTITIONS) === partitionOf('default', 'ada', PARTITIONS),
) as string;

describe('poison', () => {
  it('in a pack that is no JSON goes to the dead letters once, and the partitions go on', async () => {
    await harness.startEvaluator('one');
    await harness.appendControl({ kind: 'pack_published', pack: 'test', contentJson: '{' });
    await harness.append(events(1, 2));
    await harness.evaluated();
    expect(await harness.count('events')).toBe(2);
    expect(await harness.deadLetters('invalid_pack', 1)).toHaveLength(1);
  });

  it('in a control entry that the database cannot hold goes to the dead letters, and the partitions go on', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('bad', 1, { name: 'a\u0000b' })]);
    await harness.append(events(1, 2));
    await harness.evaluated();
    expect(await harness.count('events')).toBe(2);
  });

  // proves: poison-is-stepped-over
  it('in one event leaves the others of its batch alone', async () => {
    const first = await harness.startEvaluator('one');
    await harness.publishPack([aCount('never', 1_000)], { xp_rules: [{ id: 'each', event: 'build.succeeded', amount: 1 }] });
    await harness.append(events(1, 3));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    // The ledger knows of an event that nothing else knows of any more.
    await harness.rows(`DELETE FROM events WHERE event_id = 'ada-2'`);
    await harness.append([...events(4, 5), ...events(2, 2), ...events(6, 7), ...events(1, 3, neighbour)]);
    await harness.startEvaluator('two');
    await harness.evaluated({ timeoutMs: 20_000 });
    const [letter] = await harness.deadLetters('unfoldable_event', 1);
    expect(JSON.parse(letter?.data ?? '')).toMatchObject({ event_id: 'ada-2' });
    const known = await harness.rows<{ event_id: string }>(
      `SELECT event_id FROM events WHERE event_id LIKE 'ada-%' ORDER BY log_seq, log_index`,
    );
    expect(known.map(({ event_id }) => event_id)).toEqual(['ada-1', 'ada-3', 'ada-4', 'ada-5', 'ada-6', 'ada-7']);
    expect(await harness.rows(`SELECT sum(amount)::int AS xp FROM xp_entries`)).toEqual([{ xp: 10 }]);
  });
});

describe('dead letters', () => {
  it('hold an event of the log as it stood there, and say whose it is', async () => {
    await harness.startEvaluator('one');
    const again = anEvent({ id: 'same', key: 'k', properties: { n: 2 } });
    await harness.append([anEvent({ id: 'same', properties: { n: 1 } }), again]);
    await harness.evaluated();
    const [letter] = await harness.deadLetters('idempotency_conflict', 1);
    const header = (name: string) => letter?.header(name);
    expect([header('Cairn-Tenant'), header('Cairn-Origin-Index'), header('Cairn-Redrives')]).toEqual(['default', '1', '']);
    const admission = header('Cairn-Origin-Admission');
    expect(decodeLetteredEvent(Buffer.from(letter?.data ?? ''), { tenantId: 'default', admission })).toEqual(again);
  });

  it('tell of the tries before, where an entry was redriven', async () => {
    await harness.startEvaluator('one');
    const partition = partitionOf('default', 'ada', PARTITIONS);
    const tries = { count: 2, kept: [{ letter: 7, at: 1, code: 'undecodable_entry', error: 'no', redrivenBy: 'ci' }] };
    const entry = encodeEventBatch({ tenantId: 'default', events: [anEvent({ id: 'same', properties: { n: 2 } })] });
    await harness.append([anEvent({ id: 'same', properties: { n: 1 } })]);
    await harness.appendRaw(partition, entry, triesHeaders(tries));
    await harness.appendRaw(partition, Buffer.from('not avro'), triesHeaders(tries));
    await harness.evaluated();
    for (const code of ['idempotency_conflict', 'undecodable_entry']) {
      const [letter] = await harness.deadLetters(code, 1);
      expect(readTries((name) => letter?.header(name))).toEqual(tries);
    }
  });
});

describe('a state that cannot be read', () => {
  it('stands still with its user alone: the events wait in the dead letters, the row stays as it is', async () => {
    const first = await harness.startEvaluator('one');
    await harness.publishPack([aCount('three', 3)]);
    await harness.append(events(1, 1));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    await harness.rows(`UPDATE user_state SET state = substring(state FROM 1 FOR 6)`);
    await harness.startEvaluator('two');
    await harness.append([...events(2, 3), ...events(1, 3, neighbour)]);
    await harness.appendControl({ kind: 'unlock_granted', userId: 'ada', slug: 'three', level: null, period: null, reason: 'well done' });
    await harness.publishPack([aCount('three', 3), aCount('two', 2)]);
    await harness.evaluated();
    expect(await harness.rows('SELECT user_id, slug FROM unlocks JOIN users USING (tenant_key, user_key) ORDER BY slug')).toEqual([
      { user_id: neighbour, slug: 'three' },
      { user_id: neighbour, slug: 'two' },
    ]);
    const letters = await harness.deadLetters('unfoldable_event', 3);
    expect(letters).toHaveLength(3);
    for (const { error } of letters) expect(error).toContain('state');
    expect(
      await harness.rows(`SELECT length(state) AS n FROM user_state JOIN users USING (tenant_key, user_key) WHERE user_id = 'ada'`),
    ).toEqual([{ n: 6 }]);
  });

  // proves: newer-state-is-not-touched
  it('because a newer Cairn wrote it stops the partition, and loses nothing', async () => {
    const first = await harness.startEvaluator('one');
    await harness.append(events(1, 1));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    const [layout] = await harness.rows<{ version: number }>('SELECT get_byte(state, 0) AS version FROM user_state');
    await harness.rows(`UPDATE user_state SET state = set_byte(state, 0, 99)`);
    const second = await harness.startEvaluator('two');
    await harness.append(events(2, 3));
    await expect(harness.evaluated({ timeoutMs: 1_500 })).rejects.toThrow();
    expect(await harness.count('events')).toBe(1);
    await harness.stopEvaluator(second);
    await harness.rows(`UPDATE user_state SET state = set_byte(state, 0, ${layout?.version})`);
    await harness.startEvaluator('three');
    await harness.evaluated();
    expect(await harness.count('events')).toBe(3);
  });
});

describe('a state that lacks what the tables hold', () => {
  it('is repaired when a recount finds out', async () => {
    const first = await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)]);
    await harness.append(events(1, 2));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    await harness.rows('DELETE FROM user_state');
    await harness.startEvaluator('two');
    await harness.publishPack([aCount('two', 2, { name: 'again' }), aCount('one', 1)]);
    await harness.evaluated();
    expect(await harness.rows('SELECT slug, version FROM unlocks ORDER BY slug')).toEqual([
      { slug: 'one', version: 1 },
      { slug: 'two', version: 1 },
    ]);
    expect(await harness.rows('SELECT sum(amount)::int AS xp, max(total_after)::int AS total FROM xp_entries')).toEqual([
      { xp: 20, total: 20 },
    ]);
  });

  it('is repaired when a grant finds out', async () => {
    const first = await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2)]);
    await harness.append(events(1, 2));
    await harness.evaluated();
    await harness.stopEvaluator(first);
    await harness.rows('DELETE FROM user_state');
    await harness.startEvaluator('two');
    await harness.appendControl({ kind: 'unlock_granted', userId: 'ada', slug: 'two', level: null, period: null, reason: 'again' });
    await harness.evaluated();
    expect(await harness.count('unlocks')).toBe(1);
    expect(await harness.count('xp_entries')).toBe(1);
  });
});
