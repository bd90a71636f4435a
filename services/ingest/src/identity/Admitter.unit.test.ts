import { CairnError } from '@cairn/contracts';
import { describe, expect, it } from 'vitest';
import { LogWriter } from '../log/LogWriter.js';
import { MemoryEventLog } from '../testing/MemoryEventLog.js';
import { MemoryIdentityStore } from '../testing/MemoryIdentityStore.js';
import { makeEvent } from '../testing/makeEvent.js';
import { Admitter } from './Admitter.js';
import { toCandidate } from './Candidate.js';
import { IdentityLookup } from './IdentityLookup.js';
import { RecentIdentities } from './RecentIdentities.js';

function setUp({ waitingEventsMax = 1_000, store = new MemoryIdentityStore(), log = new MemoryEventLog() } = {}) {
  const writer = new LogWriter({ log, partitions: 8, eventsMax: 500, bytesMax: 1_000_000, gatherMsMax: 1, publishesInFlightMax: 16 });
  const admitter = new Admitter({
    lookup: new IdentityLookup(store, { eventsMax: 100 }),
    recent: new RecentIdentities(1_000),
    log: writer,
    waitingEventsMax,
  });
  const admit = async (...said: Parameters<typeof makeEvent>[0][]) => admitter.admit(said.map((one) => makeEvent(one)));
  return { admitter, admit, log, store };
}

const statuses = (outcomes: { status: string }[]) => outcomes.map(({ status }) => status);

describe('Admitter', () => {
  it('accepts what is new, with the sequence of its entry', async () => {
    const { admit, log } = setUp();
    expect(await admit({ event_id: 'a' })).toEqual([{ status: 'accepted', eventId: 'a', sequence: 1 }]);
    expect(log.eventIds).toEqual(['a']);
  });

  it('accepts one of ten that come at once, and answers the others with it', async () => {
    const { admit, log, store } = setUp();
    const outcomes = (await Promise.all(Array.from({ length: 10 }, () => admit({ event_id: 'a' })))).flat();
    expect(statuses(outcomes).sort()).toEqual(['accepted', ...Array<string>(9).fill('duplicate')]);
    expect(outcomes.every((outcome) => outcome.status !== 'conflict' && outcome.eventId === 'a' && outcome.sequence === 1)).toBe(true);
    expect(log.eventIds).toEqual(['a']);
    expect(store.queries).toHaveLength(1);
  });

  it('sees duplicates and conflicts within one batch', async () => {
    const { admit, log } = setUp();
    const outcomes = await admit(
      { event_id: 'a', idempotency_key: 'k' },
      { event_id: 'a', idempotency_key: 'k' },
      { event_id: 'b', idempotency_key: 'k' },
      { event_id: 'a', properties: { n: 1 } },
      { event_id: 'c', user: 'ben' },
    );
    expect(statuses(outcomes)).toEqual(['accepted', 'duplicate', 'duplicate', 'conflict', 'accepted']);
    expect(log.eventIds.sort()).toEqual(['a', 'c']);
  });

  it('remembers what it accepted, and asks nobody about it again', async () => {
    const { admit, store } = setUp();
    await admit({ event_id: 'a', idempotency_key: 'k' });
    expect(await admit({ event_id: 'a', idempotency_key: 'k' })).toEqual([{ status: 'duplicate', eventId: 'a', sequence: 1 }]);
    expect(statuses(await admit({ event_id: 'a', properties: { n: 1 } }))).toEqual(['conflict']);
    expect(store.queries).toHaveLength(1);
  });

  it('asks about a name that it does not remember, though another identity of the event is remembered', async () => {
    const { admit, store } = setUp();
    const { event, ...hashes } = toCandidate(makeEvent({ event_id: 'old', properties: { n: 1 } }));
    store.add('default', { eventId: event.eventId, sequence: 3, ...hashes });
    await admit({ event_id: 'a', source: { ref: 'r' } });
    expect(statuses(await admit({ event_id: 'old', source: { ref: 'r' } }))).toEqual(['conflict']);
    expect(await admit({ event_id: 'b', source: { ref: 'r' } })).toEqual([{ status: 'duplicate', eventId: 'a', sequence: 1 }]);
  });

  it('answers with what was evaluated before it started', async () => {
    const { admit, store, log } = setUp();
    const { event, ...hashes } = toCandidate(makeEvent({ event_id: 'a' }));
    store.add('default', { eventId: event.eventId, sequence: 42, ...hashes });
    expect(await admit({ event_id: 'a' })).toEqual([{ status: 'duplicate', eventId: 'a', sequence: 42 }]);
    expect(await admit({ event_id: 'a', tenant: 'other' })).toMatchObject([{ status: 'accepted' }]);
    expect(log.entries.map(({ subject }) => subject.split('.').at(-1))).toEqual(['other']);
  });

  it('gives the failure of an event to all that waited for it, and starts afresh after it', async () => {
    const { admit, log } = setUp();
    const failure = new CairnError('unavailable', 'no log');
    log.hold();
    log.failWith(failure);
    const waiting = Array.from({ length: 3 }, () => admit({ event_id: 'a' }));
    const other = admit({ event_id: 'a', properties: { n: 1 } });
    await whenTrue(() => log.begun === 1);
    log.release();
    expect(await Promise.allSettled([...waiting, other])).toEqual(Array(4).fill({ status: 'rejected', reason: failure }));
    log.failWith(undefined);
    expect(statuses(await admit({ event_id: 'a', properties: { n: 1 } }))).toEqual(['accepted']);
  });

  it('lets an event with two names wait for both of those that hold them', async () => {
    const { admit, log } = setUp();
    log.hold();
    const all = Promise.all([
      admit({ event_id: 'a', user: 'ada' }),
      admit({ event_id: 'b', idempotency_key: 'k', user: 'ben' }),
      admit({ event_id: 'a', idempotency_key: 'k', user: 'ben' }),
    ]);
    await whenTrue(() => log.begun > 0);
    log.release();
    expect((await all).flat()).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }, { status: 'conflict' }]);
    expect(log.eventIds.sort()).toEqual(['a', 'b']);
  });

  it('refuses what would have to wait in too long a line, and takes it when the line is gone', async () => {
    const { admit, admitter, log } = setUp({ waitingEventsMax: 3 });
    log.hold();
    const first = admit({ event_id: 'a' }, { event_id: 'b' });
    await expect(admit({ event_id: 'c' }, { event_id: 'd' })).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 });
    const last = admit({ event_id: 'c' });
    await whenTrue(() => log.begun > 0);
    log.release();
    expect(statuses([...(await first), ...(await last)])).toEqual(['accepted', 'accepted', 'accepted']);
    await admitter.idle();
    expect(admitter.waiting).toBe(0);
    expect(statuses(await admit({ event_id: 'd' }, { event_id: 'e' }, { event_id: 'f' }, { event_id: 'g' }))).toHaveLength(4);
  });

  it('says that it is idle only when nothing waits any more', async () => {
    const { admit, admitter, log } = setUp();
    log.hold();
    const admitted = admit({ event_id: 'a' });
    let idle = false;
    const whenIdle = admitter.idle().then(() => {
      idle = true;
    });
    await whenTrue(() => log.begun === 1);
    expect(idle).toBe(false);
    log.release();
    await Promise.all([admitted, whenIdle]);
  });
});

/** Turn by turn of the event loop. */
async function whenTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
