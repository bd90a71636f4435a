import { type CairnEvent, type ControlBody, encodeControlEntry, encodeEventBatch, logControlSubject, logSubject } from '@cairn/contracts';
import { decodeState, encodeState } from '@cairn/engine';
import { createLogger } from '@cairn/runtime';
import { StoreError } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { SeededRandom } from '@cairn/testing/random';
import { expect, it } from 'vitest';
import { PartitionWorker } from '../partition/PartitionWorker.js';
import { anEvent } from '../testing/anEvent.js';
import { anAchievement } from '../testing/catalogueOf.js';
import { MemoryLog } from '../testing/MemoryLog.js';
import { VersionedStore } from '../testing/VersionedStore.js';

const silent = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const USERS = ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay'];
/** So that a recount takes several turns, and often several slices. */
const limitsOf = (random: SeededRandom) => ({
  usersMax: 1 + random.below(9),
  eventsMax: 1_000,
  usersPerCommit: 1,
  earningsPerCommit: 1_000,
  lookupEvents: 5,
  catchUpMax: 2,
});

interface LogEntry {
  subject: string;
  data: Uint8Array;
}

function eventsEntry(events: readonly CairnEvent[]): LogEntry {
  return { subject: logSubject(0, 'default'), data: encodeEventBatch({ tenantId: 'default', events: [...events] }) };
}

function controlEntry(number: number, body: ControlBody): LogEntry {
  const entry = { entryId: `control-${number}`, tenantId: 'default', at: Date.UTC(2026, 5, 1) + number, actor: 'test', body };
  return { subject: logControlSubject('default', body.kind), data: encodeControlEntry(entry) };
}

function packEntry(number: number, achievements: readonly object[], xp_rules: readonly object[] = []): LogEntry {
  const contentJson = JSON.stringify({ pack: 'test', achievements, xp_rules });
  return controlEntry(number, { kind: 'pack_published', pack: 'test', contentJson });
}

function startWorker(
  store: VersionedStore,
  log: MemoryLog,
  options: { random?: SeededRandom; earningsPerCommit?: number } = {},
): PartitionWorker {
  const { random = new SeededRandom(0), ...limits } = options;
  const worker = new PartitionWorker(
    {
      partitions: 1,
      store,
      log,
      logger: silent,
      events: { committed: () => undefined, fenced: () => undefined },
      pause: () => random.turns(3),
    },
    { partition: 0, epoch: store.epoch },
    { recount: { ...limitsOf(random), ...limits } },
  );
  worker.start();
  return worker;
}

/** All is evaluated, and nothing is pending. */
async function done(store: VersionedStore, last: number): Promise<void> {
  await eventually(() => expect([store.lastSeq, store.recounts.rows.size]).toEqual([last, 0]));
}

/** What came of it, whatever the keys of the rows. */
function outcomeOf(store: VersionedStore) {
  const userIds = new Map([...store.userKeys].map(([userId, userKey]) => [userKey, userId]));
  const nameOf = ({ userKey }: { userKey: number }): string => userIds.get(userKey) ?? '?';
  const sorted = <T>(rows: readonly [string, T][]): [string, T][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  // Without counts, it makes no difference which version an achievement is of.
  const told = (bytes: Uint8Array): string => {
    const state = decodeState(bytes);
    for (const achievement of state.achievements.values())
      if (achievement.lifetime === null && achievement.periods.size === 0) achievement.version = 0;
    return Buffer.from(encodeState(state)).toString('hex');
  };
  return {
    unlocks: sorted(
      [...store.unlocks.values()].map((row) => {
        const { slug, level, period, version, value, threshold, unlockedAt, causedBy, backfilled, logSeq } = row;
        const key = `${nameOf(row)}|${slug}|${level ?? ''}|${period ?? ''}`;
        return [key, { version, value, threshold, unlockedAt, causedBy, backfilled, logSeq }];
      }),
    ),
    xp: sorted([...store.xp.values()].map((row) => [`${nameOf(row)}|${String(row.entryId)}`, { amount: row.amount, logSeq: row.logSeq }])),
    states: sorted([...store.states].map(([key, state]) => [userIds.get(Number(key.split(':')[1])) ?? '?', told(state)])),
    outbox: store.batches
      .flatMap(({ outbox }) => outbox.map(({ msgId }) => msgId))
      .filter((id, i, all) => all.indexOf(id) === i)
      .sort(),
  };
}

/** A log with publications among the events, for one partition. */
function randomLog(random: SeededRandom): LogEntry[] {
  const sent: CairnEvent[] = [];
  const pick = <T>(choices: readonly T[]): T => choices[random.below(choices.length)] as T;
  const event = (): CairnEvent => {
    const earlier = sent[random.below(sent.length)];
    if (earlier !== undefined && random.chance(0.15)) return earlier;
    const type = pick(['build.succeeded', 'build.succeeded', 'deploy.done', 'subscription.changed']);
    const properties = type === 'subscription.changed' ? { tier: pick(['free', 'pro']) } : { n: random.below(4) };
    const at = new Date(Date.UTC(2026, 3, 1 + random.below(30))).toISOString();
    const made = anEvent({ id: `e-${sent.length}`, user: pick(USERS), type, at, properties });
    sent.push(made);
    return made;
  };
  const pack = (number: number): LogEntry => {
    const on_publish = () => pick(['recount', 'recount', 'continue', 'restart']);
    const some = [
      anAchievement('count', { type: 'count', event: 'build.succeeded', threshold: 1 + random.below(6) }, { on_publish: on_publish() }),
      anAchievement('pro', { type: 'count', event: 'build.*', threshold: 2 }, { tier_required: 'pro', on_publish: on_publish() }),
      anAchievement(
        'each',
        { type: 'sum', event: 'build.succeeded', value: 'properties.n', threshold: 1 + random.below(4), window: { calendar: 'week' } },
        { repeat: 'each_period', on_publish: on_publish() },
      ),
      anAchievement('every', { type: 'count', event: 'deploy.done', threshold: 2 + random.below(2) }, { repeat: 'every_threshold' }),
      anAchievement('list', { type: 'achievements', slugs: ['count', 'pro'] }, { on_publish: on_publish() }),
      anAchievement('rich', { type: 'xp', threshold: 20 + random.below(40) }, { on_publish: on_publish() }),
    ];
    const always = ['count', 'pro'];
    const rules = random.chance(0.5) ? [{ id: 'r', event: 'deploy.done', amount: 1 + random.below(3) }] : [];
    const taken = some.filter((achievement) => always.includes((achievement as { slug: string }).slug) || random.chance(0.7));
    return packEntry(number, taken, rules);
  };
  return Array.from({ length: 30 }, (_, i) => {
    if (i === 8 || i === 20 || random.chance(0.06)) return pack(i);
    if (random.chance(0.04))
      return controlEntry(i, {
        kind: 'tenant_configured',
        timezone: null,
        tierOrder: pick([
          ['free', 'pro'],
          ['pro', 'free'],
        ]),
      });
    const byHand = { userId: pick(USERS), level: null, period: null, reason: 'a test' };
    if (random.chance(0.05)) return controlEntry(i, { kind: 'unlock_granted', slug: 'count', ...byHand });
    if (random.chance(0.08)) return controlEntry(i, { kind: 'unlock_revoked', slug: pick(['rich', 'list']), ...byHand });
    return eventsEntry(Array.from({ length: 1 + random.below(4) }, event));
  });
}

/** Nothing fails, and no event comes before the recounts of the entry before it are done. */
async function standingStill(entries: readonly LogEntry[]): Promise<VersionedStore> {
  const store = new VersionedStore();
  const log = new MemoryLog();
  const worker = startWorker(store, log);
  for (const { subject, data } of entries) await done(store, log.append(subject, data));
  await worker.stop();
  return store;
}

it('gives what a recount gives that stands still, whatever fails, whoever takes over and whatever comes in meanwhile', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const entries = randomLog(new SeededRandom(seed));
    const expected = outcomeOf(await standingStill(entries));
    expect(outcomeOf(await underFailure(entries, new SeededRandom(seed))), `seed ${seed}`).toEqual(expected);
  }
});

async function underFailure(entries: readonly LogEntry[], random: SeededRandom): Promise<VersionedStore> {
  const store = new VersionedStore(async (call, when) => {
    await random.turns(4);
    if (!random.chance(0.05)) return;
    throw new StoreError(call === 'commit' && when === 'before' && random.chance(0.5) ? 'retryable' : 'connection', 'by chance');
  });
  const log = new MemoryLog();
  let worker = startWorker(store, log, { random });
  let last = 0;
  for (const { subject, data } of entries) {
    last = log.append(subject, data);
    await random.turns(30);
    if (random.chance(0.05)) log.breakReaders();
    if (random.chance(0.05)) {
      // The old owner goes on as if nothing were.
      store.epoch++;
      const old = worker;
      worker = startWorker(store, log, { random });
      await random.turns(6);
      await old.stop();
    }
  }
  await done(store, last);
  await worker.stop();
  return store;
}

it('takes nothing back by hand that was unlocked behind it, though the recount is begun anew after that', async () => {
  let isDown = false;
  const store: VersionedStore = new VersionedStore(async (call, when) => {
    if (isDown || call !== 'commit' || when !== 'before' || !store.unlocks.has('1:rich::')) return;
    isDown = true;
    throw new StoreError('connection', 'by intent');
  });
  const log = new MemoryLog();
  const late = anAchievement('late', { type: 'count', event: 'build.succeeded', threshold: 2 }, { xp_reward: 10 });
  const byHand = { userId: 'ada', slug: 'rich', level: null, period: null, reason: 'a test' };
  log.append(...entryOf(eventsEntry([anEvent({ id: 'e-0', user: 'ada' })])));
  log.append(...entryOf(packEntry(1, [late, anAchievement('rich', { type: 'xp', threshold: 10 })])));
  log.append(...entryOf(controlEntry(2, { kind: 'unlock_revoked', ...byHand })));
  const last = log.append(...entryOf(eventsEntry([anEvent({ id: 'e-1', user: 'ada' })])));
  const worker = startWorker(store, log);
  await done(store, last);
  await worker.stop();
  expect(isDown).toBe(true);
  expect(store.batches.flatMap(({ revocations }) => revocations)).toEqual([]);
  expect([...store.xp.values()].every(({ amount }) => amount > 0)).toBe(true);
});

it('pays what a rule owes to one user in as many transactions as it takes', async () => {
  const store = new VersionedStore();
  const log = new MemoryLog();
  log.append(...entryOf(eventsEntry(Array.from({ length: 7 }, (_, i) => anEvent({ id: `e-${i}` })))));
  const last = log.append(...entryOf(packEntry(1, [], [{ id: 'r', event: 'build.succeeded', amount: 3 }])));
  const worker = startWorker(store, log, { earningsPerCommit: 2 });
  await done(store, last);
  await worker.stop();
  expect([...store.xp.values()].map(({ totalAfter }) => totalAfter).sort((a, b) => a - b)).toEqual([3, 6, 9, 12, 15, 18, 21]);
  expect(Math.max(...store.batches.map(({ xp }) => xp.length))).toBe(2);
});

it('waits with what it found until all of an entry is folded that was cut, and finds it folded after a restart', async () => {
  let commits = 0;
  const store = new VersionedStore(async (call, when) => {
    if (call === 'commit' && when === 'before' && ++commits % 4 === 0) throw new StoreError('connection', 'by intent');
  });
  const log = new MemoryLog();
  const flood = anAchievement(
    'flood',
    { type: 'sum', event: 'build.succeeded', value: 'properties.n', threshold: 1 },
    { repeat: 'every_threshold' },
  );
  const counted = anAchievement('counted', { type: 'count', event: 'build.succeeded', threshold: 60 });
  const burst = (name: string) =>
    eventsEntry(Array.from({ length: 50 }, (_, i) => anEvent({ id: `${name}-${i}`, properties: { n: 250 } })));
  log.append(...entryOf(packEntry(0, [flood])));
  log.append(...entryOf(burst('a')));
  log.append(...entryOf(packEntry(1, [flood, counted])));
  const last = log.append(...entryOf(burst('b')));
  const worker = startWorker(store, log);
  await done(store, last);
  await worker.stop();
  expect([...store.unlocks.values()].filter(({ slug }) => slug === 'flood')).toHaveLength(25_000);
  expect([...store.unlocks.values()].find(({ slug }) => slug === 'counted')).toMatchObject({ value: 60, causedBy: 'b-9' });
});

function entryOf({ subject, data }: LogEntry): [string, Uint8Array] {
  return [subject, data];
}
