import type { CairnEvent } from '@cairn/contracts';
import { decodeState, progress } from '@cairn/engine';
import { createLogger } from '@cairn/runtime';
import { StoreError } from '@cairn/store';
import { expect, it } from 'vitest';
import { anEvent } from '../testing/anEvent.js';
import { anAchievement, catalogueOf } from '../testing/catalogueOf.js';
import { MemoryStore } from '../testing/MemoryStore.js';
import { BatchFolder } from './BatchFolder.js';
import { BatchPipeline } from './BatchPipeline.js';
import type { Entry } from './decodeEntry.js';

const logger = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const catalogue = catalogueOf(anAchievement('many', { type: 'count', event: 'build.succeeded', threshold: 100 }));

function anEntry(sequence: number, ...events: CairnEvent[]): Entry {
  const raw = { sequence, subject: 'log.0.default', data: Buffer.alloc(0) };
  return { raw, sequence, kind: 'events', tenantId: 'default', events, firstIndex: 0, isEnd: true };
}

/** Nothing that the log can hold makes the engine throw; this does, once, and says when. */
function aPoison(id: string, onFold: () => void): CairnEvent {
  const event = anEvent({ id });
  const { type } = event;
  let isFolded = false;
  return Object.defineProperty({ ...event }, 'type', {
    get: () => {
      if (isFolded) return type;
      isFolded = true;
      onFold();
      throw new Error('a fault of the engine');
    },
  });
}

it('counts nothing twice when an event is poison while the batch before is refused', async () => {
  let commits = 0;
  let release = () => {};
  const folding = new Promise<void>((resolve) => (release = resolve));
  const store = new MemoryStore(
    () => catalogue,
    async (call, when) => {
      if (call !== 'commit' || when !== 'before' || ++commits > 1) return;
      await folding;
      throw new StoreError('unlock_taken', 'by intent');
    },
  );
  const folder = new BatchFolder({ store, partition: 0, partitions: 1, unreadable: () => undefined });
  const pipeline = new BatchPipeline({ store, logger, folder, partition: 0, epoch: 1, committed: () => undefined });
  pipeline.begin(0);
  // The second batch changes a user of the first, and one of its own, before it comes upon the poison.
  await pipeline.advance([anEntry(1, anEvent({ id: 'a' }))]);
  const events = [anEvent({ id: 'b' }), anEvent({ id: 'c', user: 'bob' }), aPoison('poison', release), anEvent({ id: 'd', user: 'bob' })];
  await pipeline.advance([anEntry(2, ...events)]);
  await pipeline.settle();

  expect(store.lastSeq).toBe(2);
  const values = [...store.states.values()].map((state) => progress(catalogue, decodeState(state), 0)[0]?.value);
  expect(values).toEqual([2, 2]);
  expect(new Set([...store.identities.values()].map(({ eventId }) => eventId))).toEqual(new Set(['a', 'b', 'c', 'd']));
});

it('keeps users in memory that the batch at hand needs, however many they are', async () => {
  const store = new MemoryStore(
    () => catalogue,
    async (call, when) => {
      // The batch before is committed after the users of the next were loaded, and before they are folded upon.
      for (let turns = call === 'read' ? 1 : when === 'before' ? 3 : 0; turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
    },
  );
  const folder = new BatchFolder({ store, partition: 0, partitions: 1, unreadable: () => undefined });
  const pipeline = new BatchPipeline({ store, logger, folder, partition: 0, epoch: 1, committed: () => undefined });
  pipeline.begin(0);
  const crowd = (name: string) => Array.from({ length: 6_000 }, (_, i) => anEvent({ id: `${name}-${i}`, user: `${name}-${i}` }));
  await pipeline.advance([anEntry(1, ...crowd('first'))]);
  await pipeline.advance([anEntry(2, ...crowd('second'))]);
  await pipeline.advance([anEntry(3, ...crowd('third'))]);
  await pipeline.settle();
  expect(store.lastSeq).toBe(3);
  expect(folder.users.size).toBeLessThan(12_000);
});
