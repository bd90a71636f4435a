import { CairnError, type CairnEvent, partitionOf } from '@cairn/contracts';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MemoryEventLog } from '../testing/MemoryEventLog.js';
import { makeEvent } from '../testing/makeEvent.js';
import { LogWriter, type LogWriterOptions } from './LogWriter.js';

function setUp(options: Partial<LogWriterOptions> = {}) {
  const log = new MemoryEventLog();
  const writer = new LogWriter({
    log,
    partitions: 1,
    eventsMax: 500,
    bytesMax: 1_000_000,
    gatherMsMax: 1,
    publishesInFlightMax: 256,
    ...options,
  });
  return { log, writer };
}

const numbered = (count: number, said: Parameters<typeof makeEvent>[0] = {}) =>
  Array.from({ length: count }, (_, n) => makeEvent({ event_id: `e${n}`, ...said }));

function append(writer: LogWriter, event: CairnEvent): Promise<number> {
  return new Promise((written, failed) => writer.append({ event, written, failed }));
}

const NEVER_MS = 60_000;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Turn by turn of the event loop. */
async function whenTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('LogWriter', () => {
  it('writes what comes together as one entry, in its order', async () => {
    const { log, writer } = setUp();
    const sequences = await Promise.all(numbered(20).map((event) => append(writer, event)));
    expect(new Set(sequences)).toEqual(new Set([1]));
    expect(log.eventIds).toEqual(Array.from({ length: 20 }, (_, n) => `e${n}`));
  });

  it('keeps partitions and tenants apart', async () => {
    const { log, writer } = setUp({ partitions: 4 });
    const events = ['ada', 'ben', 'cleo', 'dan', 'eve'].flatMap((user) => [
      makeEvent({ event_id: `a-${user}`, user }),
      makeEvent({ event_id: `b-${user}`, user, tenant: 'other' }),
    ]);
    await Promise.all(events.map((event) => append(writer, event)));
    for (const { subject, events: written } of log.entries) {
      for (const { tenantId, userId } of written) expect(subject).toBe(`log.${partitionOf(tenantId, userId, 4)}.${tenantId}`);
    }
    expect(log.eventIds.sort()).toEqual(events.map(({ eventId }) => eventId).sort());
  });

  it('never puts more into an entry than its bounds', async () => {
    const byCount = setUp({ eventsMax: 7 });
    await Promise.all(numbered(20).map((event) => append(byCount.writer, event)));
    expect(byCount.log.entries.map(({ events }) => events.length)).toEqual([7, 7, 6]);

    const byBytes = setUp({ bytesMax: 10_000 });
    await Promise.all(numbered(20, { properties: { text: 'ü'.repeat(1_000) } }).map((event) => append(byBytes.writer, event)));
    expect(byBytes.log.entries.length).toBeGreaterThan(1);
    for (const { bytes } of byBytes.log.entries) expect(bytes).toBeLessThanOrEqual(10_000);
    expect(byBytes.log.eventIds).toHaveLength(20);
  });

  it('writes an event that is larger than an entry should be as an entry of its own', async () => {
    const { log, writer } = setUp({ bytesMax: 100 });
    await Promise.all(numbered(3).map((event) => append(writer, event)));
    expect(log.entries.map(({ events }) => events.length)).toEqual([1, 1, 1]);
  });

  it('gathers while the last entry of the group is on its way', async () => {
    const { log, writer } = setUp();
    log.hold();
    const first = append(writer, makeEvent({ event_id: 'first' }));
    await whenTrue(() => log.begun === 1);
    const behind = numbered(5).map((event) => append(writer, event));
    log.release();
    expect(await first).toBe(1);
    expect(await Promise.all(behind)).toEqual([2, 2, 2, 2, 2]);
  });

  it('gathers while entries of others are on their way, and writes all of that at once', async () => {
    const { log, writer } = setUp({ partitions: 64, gatherMsMax: NEVER_MS });
    log.hold();
    const first = append(writer, makeEvent({ event_id: 'first', user: 'ada' }));
    await whenTrue(() => log.begun === 1);
    const behind = ['ben', 'cleo', 'ben', 'dan'].map((user, n) => append(writer, makeEvent({ event_id: `e${n}`, user })));
    await turns(5);
    expect(log.begun).toBe(1);
    log.release();
    await Promise.all([first, ...behind]);
    expect(log.entries.map(({ events }) => events.map(({ eventId }) => eventId))).toEqual([['first'], ['e0', 'e2'], ['e1'], ['e3']]);
  });

  it('waits for what is about to come until it is told that nothing is', async () => {
    let coming = true;
    const { log, writer } = setUp({ gatherMsMax: NEVER_MS, isMoreComing: () => coming });
    const written = [append(writer, makeEvent({ event_id: 'one' }))];
    await turns(5);
    expect(log.begun).toBe(0);
    written.push(append(writer, makeEvent({ event_id: 'two' })));
    coming = false;
    writer.wake();
    expect(await Promise.all(written)).toEqual([1, 1]);
  });

  it('lets few events wait for a shorter time than many', async () => {
    const { log, writer } = setUp({ gatherMsMax: NEVER_MS, few: { events: 2, gatherMsMax: 1 }, isMoreComing: () => true });
    await Promise.all(numbered(2).map((event) => append(writer, event)));
    expect(log.entries.map(({ events }) => events.length)).toEqual([2]);
  });

  it('lets more than a few wait for as long as it may', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { log, writer } = setUp({ gatherMsMax: NEVER_MS, few: { events: 2, gatherMsMax: 1 }, isMoreComing: () => true });
    const many = numbered(3).map((event) => append(writer, event));
    vi.advanceTimersByTime(NEVER_MS - 1);
    expect(log.begun).toBe(0);
    vi.advanceTimersByTime(1);
    expect(log.begun).toBe(1);
    expect(await Promise.all(many)).toEqual([1, 1, 1]);
  });

  it('waits no longer than it may, whatever is on its way or about to come', async () => {
    const { log, writer } = setUp({ partitions: 64, isMoreComing: () => true });
    log.hold();
    const first = append(writer, makeEvent({ event_id: 'first', user: 'ada' }));
    await whenTrue(() => log.begun === 1);
    const second = append(writer, makeEvent({ event_id: 'second', user: 'ben' }));
    await whenTrue(() => log.begun === 2);
    log.release();
    await Promise.all([first, second]);
  });

  it('has no more entries on their way than it may, and writes all in the end', async () => {
    const { log, writer } = setUp({ partitions: 64, publishesInFlightMax: 3 });
    log.hold();
    const users = Array.from({ length: 200 }, (_, n) => makeEvent({ event_id: `e${n}`, user: `u${n}` }));
    const written = Promise.all(users.map((event) => append(writer, event)));
    await whenTrue(() => log.begun === 3);
    expect(writer.publishesInFlight).toBe(3);
    log.releaseOne();
    await whenTrue(() => log.begun === 4);
    expect(writer.publishesInFlight).toBe(3);
    log.release();
    await written;
    expect(log.eventIds).toHaveLength(200);
    await whenTrue(() => writer.publishesInFlight === 0);
  });

  it('fails those that wait behind a failed entry as well, and then writes again', async () => {
    const { log, writer } = setUp();
    log.hold();
    log.failWith(new CairnError('unavailable', 'no log'));
    const first = append(writer, makeEvent({ event_id: 'first' }));
    await whenTrue(() => log.begun === 1);
    const behind = numbered(3).map((event) => append(writer, event));
    log.release();
    const results = await Promise.allSettled([first, ...behind]);
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(log.begun).toBe(1);
    log.failWith(undefined);
    expect(await append(writer, makeEvent({ event_id: 'again' }))).toBe(1);
  });

  // proves: order-of-a-user
  it('keeps the order of each user, however events come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ user: fc.constantFrom('ada', 'ben', 'cleo'), pause: fc.boolean() }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, eventsMax) => {
          const { log, writer } = setUp({ partitions: 2, eventsMax, publishesInFlightMax: 1 });
          const written: Promise<number>[] = [];
          for (const [n, { user, pause }] of steps.entries()) {
            written.push(append(writer, makeEvent({ event_id: `${n}`, user })));
            if (pause) await new Promise((resolve) => setImmediate(resolve));
          }
          await Promise.all(written);
          const all = log.entries.flatMap(({ events }) => events);
          expect(all).toHaveLength(steps.length);
          for (const user of ['ada', 'ben', 'cleo']) {
            const ids = all.filter(({ userId }) => userId === user).map(({ eventId }) => Number(eventId));
            expect(ids).toEqual(ids.toSorted((a, b) => a - b));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
