import { randomUUID } from 'node:crypto';
import { redactedSubject } from '@cairn/contracts';
import { type Erasure, findErasures, requestErasure } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEvent } from '../testing/anEvent.js';
import { aCount, EvaluatorHarness } from '../testing/EvaluatorHarness.js';
import { differencesToReplay } from '../testing/replayed.js';

const GONE = 'gräfin "ada"';
const SECRET = 'the-secret-of-ada';

let harness: EvaluatorHarness;

/** A new log for each: what is replayed must begin at its beginning. */
beforeEach(async () => {
  harness = await EvaluatorHarness.open();
});
afterEach(async () => {
  await harness.close();
});

const PACK = [
  aCount('three', 3),
  aCount('five', 5, { on_retract: 'revoke' }),
  aCount('team-twelve', 12, { scope: 'team' }),
  aCount('early', 2, { message: 'You did {value}.' }),
];

/** The same users in the same entries of the log, some of it said twice. */
async function live(from: number, events: number): Promise<void> {
  const of = (n: number, note = 'nothing') => ({ id: `e-${n}`, team: 'core', properties: { note } });
  const rounds = Array.from({ length: events / 4 }, (_, i) => from + i * 4);
  for (const n of rounds) {
    const users = [GONE, 'ben', 'carla', GONE];
    const entry = users.map((user, i) => anEvent({ ...of(n + i, i === 0 ? SECRET : 'nothing'), user, key: `key-${n + i}` }));
    await harness.append(entry);
    await harness.append(entry.slice(0, 2));
  }
  await harness.evaluated();
  // What was said by the one, said by others under the same id and under the same key.
  for (const n of rounds)
    await harness.append([anEvent({ ...of(n), user: 'dora' }), anEvent({ ...of(n), id: `e-${n}-again`, user: 'ben', key: `key-${n}` })]);
}

const TIMEOUT = { timeoutMs: 30_000 };

async function tenantKey(tenantId = 'default'): Promise<number> {
  const [tenant] = await harness.rows<{ key: number }>(`SELECT tenant_key AS key FROM tenants WHERE tenant_id = '${tenantId}'`);
  return tenant?.key ?? 0;
}

async function request(userId: string, tenantId = 'default'): Promise<string> {
  const asked = { tenantKey: await tenantKey(tenantId), userId, erasureId: randomUUID(), actor: 'test', reason: 'they asked for it' };
  return (await requestErasure(harness.database.pool, asked)).erasureId;
}

async function progressOf(erasureId: string): Promise<Erasure | undefined> {
  return (await findErasures(harness.database.pool, { tenantKey: await tenantKey(), erasureId, limit: 1 }))[0];
}

async function done(erasureId: string): Promise<void> {
  await eventually(async () => expect(await progressOf(erasureId)).toMatchObject({ step: 'done', waitsFor: null, userIds: [] }), TIMEOUT);
}

async function finished(erasureId: string): Promise<boolean> {
  const [row] = await harness.rows<{ isDone: boolean }>(
    `SELECT finished_at IS NOT NULL AS "isDone" FROM erasures WHERE erasure_id = '${erasureId}'`,
  );
  return row?.isDone ?? false;
}

async function erase(userId: string): Promise<void> {
  await done(await request(userId));
}

/** Everything that any table holds, and all messages of all streams, as text. */
async function everything(): Promise<string> {
  const tables = await harness.rows<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    for (const { row } of await harness.rows<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} AS t`))
      texts.push(`${name} ${row.replaceAll(/\\\\x([0-9a-f]*)/g, (_, hex: string) => Buffer.from(hex, 'hex').toString('utf8'))}`);
  }
  const manager = await jetstreamManager(harness.nats);
  for (const stream of ['EVENTS', 'CAIRN_LOG', 'CAIRN_DLQ', 'CAIRN_REDACTED']) {
    const { state } = await manager.streams.info(stream);
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(stream, { seq });
      if (message !== null)
        texts.push(
          `${stream} ${seq} ${message.subject} ${JSON.stringify([...message.header])} ${Buffer.from(message.data).toString('utf8')}`,
        );
    }
  }
  return texts.join('\n');
}

const tracesOf = (all: string, names: readonly string[]): string[] =>
  all.split('\n').filter((line) => names.some((name) => line.includes(name) || line.includes(JSON.stringify(name).slice(1, -1))));

const answersOf = (user: string) =>
  harness.rows(
    `SELECT encode(state, 'hex') AS state,
            (SELECT json_agg(json_build_array(slug, level, period, unlock_id, value, log_seq, evidence) ORDER BY slug) FROM unlocks AS u
              WHERE (u.tenant_key, u.user_key) = (s.tenant_key, s.user_key)) AS unlocks
       FROM user_state AS s JOIN users USING (tenant_key, user_key) WHERE user_id = '${user}' AND kind = 0`,
  );

describe('a user who is erased', () => {
  // proves: erased-for-nobody-else
  it('leaves no trace, and nobody else loses anything', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await live(0, 20);
    await harness.append([anEvent({ id: 'out', user: GONE, type: 'privacy.opted_out' })]);
    const by = { level: null, period: null, reason: 'well done' };
    await harness.appendControl({ kind: 'unlock_granted', userId: GONE, slug: 'five', ...by });
    await harness.appendControl({ kind: 'event_retracted', eventId: 'e-4', userId: GONE, reason: 'it never happened' });
    const letter = headers();
    letter.set('Cairn-Error-Code', 'invalid_event');
    await jetstream(harness.nats).publish('dlq.invalid_event', JSON.stringify({ actor: { user_id: GONE }, type: 'x' }), {
      headers: letter,
    });
    await jetstream(harness.nats).publish('dlq.invalid_event', JSON.stringify({ actor: { user_id: 'ben' }, type: 'x' }), {
      headers: letter,
    });
    await jetstream(harness.nats).publish('events.build.succeeded', JSON.stringify({ actor: { user_id: GONE } }));
    await harness.evaluated();
    await harness.drained();
    expect(tracesOf(await everything(), [GONE, SECRET]).length).toBeGreaterThan(10);
    const before = await Promise.all(['ben', 'carla'].map(answersOf));

    await erase(GONE);

    expect(tracesOf(await everything(), [GONE, SECRET])).toEqual([]);
    expect(await Promise.all(['ben', 'carla'].map(answersOf))).toEqual(before);
    expect(await harness.count("events WHERE event_id = ''")).toBe(11);
    expect(await differencesToReplay(harness, { restart: true, progressProjection: 'progress' })).toEqual([]);
  });

  it('may come back as somebody new, and what was said before stays said', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await live(0, 8);
    await erase(GONE);
    await harness.append([anEvent({ id: 'e-0', user: GONE, key: 'key-0', team: 'core', properties: { note: SECRET } })]);
    await harness.append([anEvent({ id: 'new', user: GONE })]);
    await harness.evaluated();
    expect(await harness.rows(`SELECT event_id FROM events JOIN users USING (tenant_key, user_key) WHERE user_id = '${GONE}'`)).toEqual([
      { event_id: 'new' },
    ]);
    expect(await differencesToReplay(harness, { restart: true, progressProjection: 'progress' })).toEqual([]);
    // Of an entry of which a part was erased before, another part.
    await erase('ben');
    await erase(GONE);
    expect(tracesOf(await everything(), [GONE, SECRET, '"ben"'])).toEqual([]);
    expect(await differencesToReplay(harness, { restart: true, progressProjection: 'progress' })).toEqual([]);
  });

  // proves: erased-though-interrupted
  it('is gone in the end, whichever evaluator does it and wherever one has left it', async () => {
    const first = await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await live(0, 12);
    await harness.evaluated();
    // What a crash leaves between the rest of an entry and the end of the entry itself.
    const manager = await jetstreamManager(harness.nats);
    const js = jetstream(harness.nats);
    const half = await manager.streams.getMessage('CAIRN_LOG', { last_by_subj: 'log.*.default' });
    if (half === null) throw new Error('the log is empty');
    await js.publish(redactedSubject(half.subject, half.seq), half.data);
    const erasureId = await request(GONE);
    await eventually(async () => expect((await progressOf(erasureId))?.step).not.toBe('requested'), TIMEOUT);
    await harness.stopEvaluator(first);
    await harness.startEvaluator('two');
    await done(erasureId);
    expect(tracesOf(await everything(), [GONE, SECRET])).toEqual([]);
    expect(await differencesToReplay(harness, { restart: true, progressProjection: 'progress' })).toEqual([]);
  });

  it('goes under every name that they had', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await live(0, 8);
    await harness.append([anEvent({ id: 'old', user: 'ada.born', properties: { note: SECRET } })]);
    await harness.appendControl({ kind: 'users_merged', from: 'ada.born', into: GONE, reason: 'married' });
    await harness.append([anEvent({ id: 'later', user: 'ada.born', properties: { note: SECRET } })]);
    await harness.evaluated();
    await harness.drained();
    await erase('ada.born');
    expect(tracesOf(await everything(), [GONE, SECRET, 'ada.born'])).toEqual([]);
    expect(await differencesToReplay(harness, { restart: true, progressProjection: 'progress' })).toEqual([]);
  });

  it('goes under a name that came with a merge which nobody had evaluated when it was asked for', async () => {
    const evaluator = await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await live(0, 8);
    await harness.append([anEvent({ id: 'old', user: 'ada.born', properties: { note: SECRET } })]);
    await harness.evaluated();
    await harness.stopEvaluator(evaluator);
    await harness.appendControl({ kind: 'users_merged', from: 'ada.born', into: GONE, reason: 'married' });
    const erasureId = await request(GONE);
    await harness.startEvaluator('one');
    await done(erasureId);
    expect(tracesOf(await everything(), [GONE, SECRET, 'ada.born'])).toEqual([]);
    expect(await harness.rows('SELECT alias FROM user_aliases')).toEqual([]);
    expect(await differencesToReplay(harness, { restart: true, progressProjection: 'progress' })).toEqual([]);
  });

  it('does not come back with a version or a retraction, for who goes by that name now, before the log is gone through', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack([aCount('two', 2, { on_retract: 'revoke' })]);
    await harness.append([1, 2, 3].map((n) => anEvent({ id: `old-${n}`, user: GONE })));
    await harness.appendControl({ kind: 'unlock_granted', userId: GONE, slug: 'two', level: null, period: null, reason: 'well done' });
    await harness.appendControl({ kind: 'user_erased', userIds: [GONE] });
    await harness.append(['a', 'b'].map((id) => anEvent({ id, user: GONE })));
    await harness.appendControl({ kind: 'event_retracted', eventId: 'old-1', userId: GONE, reason: 'a mistake' });
    await harness.publishPack([aCount('two', 2, { on_retract: 'revoke' }), aCount('later', 3)]);
    await harness.evaluated();
    const held = () => harness.rows<{ slug: string }>('SELECT slug FROM unlocks WHERE revoked_at IS NULL');
    expect(await held()).toEqual([{ slug: 'two' }]);
    await harness.appendControl({ kind: 'event_retracted', eventId: 'a', userId: GONE, reason: 'a mistake' });
    await harness.evaluated();
    expect(await held()).toEqual([]);
  });

  // proves: erased-for-nobody-else
  it('goes from a tenant that was merged into another, and from there', async () => {
    await harness.startEvaluator('one');
    await harness.publishPack(PACK);
    await harness.publishPack([aCount('three', 1)], { tenantId: 'lab' });
    const said = (user: string) => ({ user, tenant: 'lab', properties: { note: user === GONE ? SECRET : 'nothing' } });
    const users = [GONE, 'ben'];
    await harness.append(users.flatMap((user) => [1, 2].map((n) => anEvent({ id: `${user}-${n}`, ...said(user) }))));
    await harness.evaluated();
    // Before anything of theirs has come along, they are to be gone.
    const before = await request(GONE, 'lab');
    await harness.appendControl({ kind: 'tenant_merged', into: 'default', reason: 'one department' }, 'lab');
    await harness.broughtAlong(TIMEOUT);
    await eventually(async () => expect(await finished(before)).toBe(true), TIMEOUT);
    const eventsOf = (user: string) =>
      harness.rows(`SELECT event_id FROM events JOIN users USING (user_key) WHERE user_id = '${user}' ORDER BY 1`);
    expect(await eventsOf(GONE)).toEqual([]);
    expect(await eventsOf('ben')).toHaveLength(4);
    // Somebody new under that id, for either tenant, and gone again.
    await harness.append([3, 4].map((n) => anEvent({ id: `${GONE}-${n}`, ...said(GONE) })));
    await harness.broughtAlong(TIMEOUT);
    expect(await eventsOf(GONE)).toHaveLength(2);
    const both = [await request(GONE), await request(GONE, 'lab')];
    for (const erasureId of both) await eventually(async () => expect(await finished(erasureId)).toBe(true), TIMEOUT);
    expect(tracesOf(await everything(), [GONE, SECRET])).toEqual([]);
    expect(await eventsOf('ben')).toHaveLength(4);
    expect(await differencesToReplay(harness)).toEqual([]);
  });
});
