import { createLogger } from '@cairn/runtime';
import { expect, it } from 'vitest';
import { OUTBOX_ATTEMPTS_MAX, OUTBOX_IN_FLIGHT_MAX, OUTBOX_ROOM_MAX, OUTBOX_SWEEP_ROWS_MAX } from '../limits.js';
import { type OutboxMessage, OutboxRelay, type OutboxStore } from './OutboxRelay.js';

const log = createLogger({ name: 'test', level: 'silent', pretty: 'off' });

function message(id: number): OutboxMessage {
  return { id, subject: 'events.achievement.unlocked', messageId: `m${id}`, headers: null, payload: Buffer.from('{}') };
}

class MemoryOutbox implements OutboxStore {
  readonly rows = new Map<number, OutboxMessage>();
  async takeLeftBehind({ afterId, rowsMax }: { afterId: number; rowsMax: number }): Promise<OutboxMessage[]> {
    return [...this.rows.values()].filter(({ id }) => id > afterId).slice(0, rowsMax);
  }
  async delete(ids: readonly number[]): Promise<void> {
    for (const id of ids) this.rows.delete(id);
  }
}

// proves: published-at-least-once
it('deletes a row only after its PubAck', async () => {
  const store = new MemoryOutbox();
  store.rows.set(1, message(1));
  let acknowledge = () => {};
  const relay = new OutboxRelay({ store, log, publish: () => new Promise<void>((resolve) => (acknowledge = resolve)) });
  relay.enqueue([message(1)]);
  expect(store.rows.size).toBe(1);
  acknowledge();
  await relay.drained();
  expect(store.rows.size).toBe(0);
});

it('leaves what cannot be published in the table, and a sweep brings it again', async () => {
  const store = new MemoryOutbox();
  store.rows.set(7, message(7));
  let refuses = true;
  const published: number[] = [];
  const relay = new OutboxRelay({
    store,
    log,
    publish: async ({ id }) => {
      published.push(id);
      if (refuses) throw new Error('no stream');
    },
  });
  relay.enqueue([message(7)]);
  await relay.drained();
  expect(published).toHaveLength(OUTBOX_ATTEMPTS_MAX);
  expect(store.rows.has(7)).toBe(true);
  refuses = false;
  await relay.sweep();
  await relay.drained();
  expect(store.rows.size).toBe(0);
});

it('has no more than its bound of messages under way', async () => {
  const store = new MemoryOutbox();
  let underWay = 0;
  let most = 0;
  const relay = new OutboxRelay({
    store,
    log,
    publish: async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
    },
  });
  relay.enqueue(Array.from({ length: OUTBOX_IN_FLIGHT_MAX * 3 }, (_, id) => message(id)));
  await relay.drained();
  expect(most).toBe(OUTBOX_IN_FLIGHT_MAX);
});

it('does not publish a row again that it is still busy with', async () => {
  const store = new MemoryOutbox();
  store.rows.set(1, message(1));
  const published: number[] = [];
  let acknowledge = () => {};
  const relay = new OutboxRelay({
    store,
    log,
    publish: async ({ id }) => {
      published.push(id);
      await new Promise<void>((resolve) => (acknowledge = resolve));
    },
  });
  relay.enqueue([message(1)]);
  await relay.sweep();
  acknowledge();
  await relay.drained();
  expect(published).toEqual([1]);
});

it('sweeps past rows that cannot be published', async () => {
  const store = new MemoryOutbox();
  const rows = OUTBOX_SWEEP_ROWS_MAX * 2 + 10;
  for (let id = 1; id <= rows; id++) store.rows.set(id, message(id));
  const relay = new OutboxRelay({
    store,
    log,
    publish: async ({ id }) => {
      if (id <= OUTBOX_SWEEP_ROWS_MAX) throw new Error('too large');
    },
  });
  await relay.sweep();
  await relay.drained();
  expect([...store.rows.keys()].every((id) => id <= OUTBOX_SWEEP_ROWS_MAX)).toBe(true);
  expect(store.rows.size).toBe(OUTBOX_SWEEP_ROWS_MAX);
});

it('publishes what waits before it stops', async () => {
  const store = new MemoryOutbox();
  const relay = new OutboxRelay({ store, log, publish: () => new Promise((resolve) => setImmediate(resolve)) });
  const messages = Array.from({ length: OUTBOX_IN_FLIGHT_MAX * 2 }, (_, id) => message(id + 1));
  for (const row of messages) store.rows.set(row.id, row);
  relay.enqueue(messages);
  await relay.stop({ graceMs: 60_000 });
  expect(store.rows.size).toBe(0);
});

it('stops although the broker does not answer, and leaves the rows', async () => {
  const store = new MemoryOutbox();
  store.rows.set(1, message(1));
  const relay = new OutboxRelay({ store, log, publish: () => new Promise(() => undefined) });
  relay.enqueue([message(1)]);
  await relay.stop({ graceMs: 20 });
  relay.enqueue([message(2)]);
  expect(relay.waiting).toBe(1);
  expect(store.rows.size).toBe(1);
});

it('lets nobody go on while too many wait, until they are sent or it is told to stop', async () => {
  const store = new MemoryOutbox();
  let isBlocked = true;
  let unblock = () => {};
  const blocked = new Promise<void>((resolve) => (unblock = resolve));
  const published: number[] = [];
  const relay = new OutboxRelay({
    store,
    log,
    publish: async ({ id }) => {
      if (isBlocked) await blocked;
      published.push(id);
    },
  });
  const { signal } = new AbortController();
  await relay.room(signal);
  relay.enqueue(Array.from({ length: OUTBOX_ROOM_MAX + 2 * OUTBOX_IN_FLIGHT_MAX }, (_, id) => message(id)));
  const stopping = new AbortController();
  const stopped = relay.room(stopping.signal);
  let hasRoom = false;
  const room = relay.room(signal).then(() => (hasRoom = true));
  stopping.abort();
  await stopped;
  expect(hasRoom).toBe(false);
  isBlocked = false;
  unblock();
  await room;
  expect(relay.waiting).toBeLessThan(OUTBOX_ROOM_MAX + OUTBOX_IN_FLIGHT_MAX);
  await relay.drained();
  expect(published).toEqual(Array.from({ length: OUTBOX_ROOM_MAX + 2 * OUTBOX_IN_FLIGHT_MAX }, (_, id) => id));
});
