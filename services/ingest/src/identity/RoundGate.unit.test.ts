import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RoundGate, type RoundGateOptions } from './RoundGate.js';

const NEVER_MS = 60_000;

function setUp(options: Partial<RoundGateOptions> = {}) {
  const log = { isBusy: false, underWay: 0 };
  const gate = new RoundGate({
    isBusy: () => log.isBusy,
    underWay: () => log.underWay,
    eventsMax: 100,
    waitMsMax: NEVER_MS,
    few: { events: 2, waitMsMax: NEVER_MS },
    ...options,
  });
  let begun = 0;
  const enter = (events: number): void => {
    for (let n = 0; n < events; n++) {
      log.underWay++;
      gate.enter();
    }
  };
  /** Events that come together. */
  const come = async (events: number): Promise<void> => {
    enter(events);
    await gate.pass();
    begun++;
  };
  const answer = (events: number): void => {
    log.underWay -= events;
  };
  return { log, gate, enter, come, answer, begun: () => begun };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('RoundGate', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets a few through at once while nothing is on its way', async () => {
    const { come, begun } = setUp();
    await come(1);
    await come(1);
    expect(begun()).toBe(2);
  });

  it('lets all that came during a round go on with the next', async () => {
    const { log, gate, come, begun } = setUp();
    log.isBusy = true;
    const both = [come(1), come(1)];
    gate.look();
    await turn();
    expect(begun()).toBe(0);
    log.isBusy = false;
    gate.look();
    await Promise.all(both);
    expect(begun()).toBe(2);
  });

  it('waits for as many as were under way at a time before, though none is on its way', async () => {
    const { enter, come, answer, begun } = setUp();
    await come(1);
    await come(19);
    answer(20);
    const next = come(5);
    enter(14);
    await turn();
    expect(begun()).toBe(2);
    enter(1);
    await next;
    expect(begun()).toBe(3);
  });

  it('begins with as many as one round needs, whatever is on its way', async () => {
    const { log, come, begun } = setUp();
    log.isBusy = true;
    await come(100);
    expect(begun()).toBe(1);
  });

  it('waits no longer than it may', async () => {
    const { log, come, begun } = setUp({ waitMsMax: 1, few: { events: 2, waitMsMax: 0 } });
    log.isBusy = true;
    const many = come(50);
    await turn();
    expect(begun()).toBe(0);
    vi.advanceTimersByTime(1);
    await many;
    const one = come(1);
    vi.advanceTimersByTime(1);
    await one;
    expect(begun()).toBe(2);
  });

  it('lets few wait for a shorter time than many', async () => {
    const { log, gate, come, begun } = setUp({ few: { events: 2, waitMsMax: 1 } });
    log.isBusy = true;
    const few = come(2);
    vi.advanceTimersByTime(1);
    await few;
    expect(begun()).toBe(1);
    const many = come(3);
    // Longer than few would wait.
    vi.advanceTimersByTime(1);
    await turn();
    expect(begun()).toBe(1);
    log.isBusy = false;
    gate.enter();
    gate.enter();
    await many;
    expect(begun()).toBe(2);
  });
});
