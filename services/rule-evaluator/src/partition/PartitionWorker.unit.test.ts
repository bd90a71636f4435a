import { type CairnEvent, encodeEventBatch, logSubject } from '@cairn/contracts';
import { decodeState, progress } from '@cairn/engine';
import { createLogger } from '@cairn/runtime';
import { StoreError } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { SeededRandom } from '@cairn/testing/random';
import { describe, expect, it } from 'vitest';
import { BATCH_EFFECTS_MAX } from '../limits.js';
import { anEvent } from '../testing/anEvent.js';
import { anAchievement, catalogueOf } from '../testing/catalogueOf.js';
import { MemoryLog } from '../testing/MemoryLog.js';
import { MemoryStore } from '../testing/MemoryStore.js';
import { EventsUnderWay } from './EventsUnderWay.js';
import { PartitionWorker } from './PartitionWorker.js';

const silent = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const SUBJECT = logSubject(0, 'default');

const everyTwo = catalogueOf(
  anAchievement('two', { type: 'count', event: 'build.succeeded', threshold: 2 }, { repeat: 'every_threshold' }),
);

function startWorker(
  store: MemoryStore,
  log: MemoryLog,
  { random = new SeededRandom(0), restarting }: { random?: SeededRandom; restarting?: (code: string) => void } = {},
): PartitionWorker {
  const worker = new PartitionWorker(
    {
      partitions: 1,
      store,
      log,
      logger: silent,
      // Often so few that one batch waits for the one before.
      underWay: new EventsUnderWay({ eventsMax: 1 + random.below(20), batchEventsMax: 5, holdMsMax: 60_000 }),
      events: { committed: () => undefined, fenced: () => undefined, ...(restarting === undefined ? {} : { restarting }) },
      pause: () => random.turns(3),
    },
    { partition: 0, epoch: store.epoch },
  );
  worker.start();
  return worker;
}

async function evaluated(store: MemoryStore, last: number): Promise<void> {
  await eventually(() => expect(store.lastSeq).toBe(last));
}

function append(log: MemoryLog, events: readonly CairnEvent[]): number {
  return log.append(SUBJECT, encodeEventBatch({ tenantId: 'default', events: [...events] }));
}

describe('PartitionWorker', () => {
  // proves: counted-exactly-once, at-most-one-unlock
  it('never counts an event twice, nor leaves one out, whatever fails and whoever takes over', async () => {
    for (let seed = 1; seed <= 200; seed++) await survive(seed);
  });

  async function survive(seed: number): Promise<void> {
    const random = new SeededRandom(seed);
    const store = new MemoryStore(
      () => everyTwo,
      async (call, when) => {
        await random.turns(4);
        if (!random.chance(0.08)) return;
        // After a commit: the connection is lost before the answer comes.
        throw new StoreError(call === 'commit' && when === 'before' && random.chance(0.5) ? 'retryable' : 'connection', 'by chance');
      },
    );
    const log = new MemoryLog();
    const users = ['ada', 'bob', 'cyd'];
    const sent: CairnEvent[] = [];
    let worker = startWorker(store, log, { random });
    let last = 0;
    for (let entry = 0; entry < 30; entry++) {
      const events = Array.from({ length: 1 + random.below(5) }, () => {
        const earlier = sent[random.below(sent.length)];
        if (earlier !== undefined && random.chance(0.2)) return earlier;
        const id = `e-${sent.length}`;
        const key = random.chance(0.5) ? { key: `k-${id}` } : {};
        const event = anEvent({ id, ...key, user: users[random.below(users.length)] as string });
        sent.push(event);
        return event;
      });
      last = append(log, events);
      await random.turns(6);
      if (random.chance(0.1)) log.breakReaders();
      if (random.chance(0.1)) {
        // The old owner goes on as if nothing were.
        store.epoch++;
        const old = worker;
        worker = startWorker(store, log, { random });
        await random.turns(6);
        await old.stop();
      }
    }
    await evaluated(store, last);
    await worker.stop();

    expect(new Set([...store.identities.values()].map(({ eventId }) => eventId)).size, `seed ${seed}`).toBe(sent.length);
    for (const user of users) {
      const count = sent.filter((event) => event.userId === user).length;
      const state = store.states.get(`1:${store.userKeys.get(user)}`);
      const items = state === undefined ? [] : progress(everyTwo, decodeState(state), 0);
      expect(
        items.map(({ value }) => value),
        `seed ${seed}`,
      ).toEqual(count === 0 ? [] : [count]);
      const unlocks = [...store.unlocks.values()].filter((row) => row.userKey === store.userKeys.get(user));
      expect(unlocks, `seed ${seed}`).toHaveLength(Math.floor(count / 2));
    }
    expect(store.xp.size, `seed ${seed}`).toBe(store.unlocks.size);
    expect(
      store.batches.reduce((sum, batch) => sum + batch.outbox.length, 0),
      `seed ${seed}`,
    ).toBe(store.unlocks.size);
  }

  // proves: newer-state-is-not-touched
  it('stops before an entry that a newer version wrote, and commits all that came before it', async () => {
    const store = new MemoryStore(() => everyTwo);
    const log = new MemoryLog();
    const before = append(log, [anEvent({ id: 'a' }), anEvent({ id: 'b' })]);
    const ofNewer = encodeEventBatch({ tenantId: 'default', events: [anEvent({ id: 'c' })] });
    ofNewer.fill(0x7e, 2, 10);
    log.append(SUBJECT, ofNewer);
    append(log, [anEvent({ id: 'd' })]);
    const codes: string[] = [];
    const worker = startWorker(store, log, { restarting: (code) => codes.push(code) });
    // It looks again and again, and never further.
    await eventually(() => expect(codes.length).toBeGreaterThan(3));
    await worker.stop();
    expect(new Set(codes)).toEqual(new Set(['newer_entry']));
    expect([store.lastSeq, store.identities.size]).toEqual([before, 2]);
  });

  it('cuts an entry that brings about too much, and goes on in its middle after a lost connection', async () => {
    const flood = catalogueOf(
      anAchievement('flood', { type: 'sum', event: 'build.succeeded', value: 'properties.n', threshold: 1 }, { repeat: 'every_threshold' }),
    );
    let commits = 0;
    const store = new MemoryStore(
      () => flood,
      async (call, when) => {
        if (call === 'commit' && when === 'before' && ++commits === 2) throw new StoreError('connection', 'by intent');
      },
    );
    const log = new MemoryLog();
    const events = Array.from({ length: 50 }, (_, i) => anEvent({ id: `e-${i}`, properties: { n: 1_000 } }));
    append(log, events);
    const last = append(log, [anEvent({ id: 'after', user: 'bob', properties: { n: 1 } })]);
    const worker = startWorker(store, log);
    await evaluated(store, last);
    await worker.stop();
    expect(store.unlocks.size).toBe(50_001);
    expect(store.identities.size).toBe(51);
    expect(store.batches.length).toBeGreaterThan(2);
    for (const { unlocks, xp } of store.batches) expect(unlocks.length + xp.length).toBeLessThan(BATCH_EFFECTS_MAX + 2_001);
  });
});
