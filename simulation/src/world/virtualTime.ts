import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import type { Scheduler } from './Scheduler.js';

type Callback = (...args: unknown[]) => void;

/** What a timer of the simulated world answers: enough of what Node's does. */
class VirtualTimer {
  #isPending = true;
  readonly #cancel: () => void;

  constructor(start: (ring: () => void) => { cancel(): void }, run: () => void) {
    const { cancel } = start(() => {
      this.#isPending = false;
      run();
    });
    this.#cancel = cancel;
  }

  cancel(): void {
    this.#isPending = false;
    this.#cancel();
  }

  hasRef(): boolean {
    return this.#isPending;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  now: Date.now,
  performanceNow: performance.now,
  delay: timersPromises.setTimeout,
  turn: timersPromises.setImmediate,
};

/**
 * Runs work in the time of a scheduler: timers, pauses and clocks of all code in this process are the simulated ones until it is done.
 * The real code is under test, so nothing of it knows. One at a time.
 */
export async function inVirtualTime<T>(scheduler: Scheduler, work: () => Promise<T>): Promise<T> {
  const timeout = (run: Callback, ms = 0, ...args: unknown[]): VirtualTimer =>
    startTimer(scheduler, { ms, what: 'timer' }, () => run(...args));
  const immediate = (run: Callback, ...args: unknown[]): VirtualTimer =>
    startTimer(scheduler, { ms: 0, what: 'turn of the loop' }, () => run(...args));
  const clear = (stop: (timer: never) => void) => (timer: unknown) => {
    if (timer instanceof VirtualTimer) timer.cancel();
    else stop(timer as never);
  };
  install({
    setTimeout: timeout as unknown as typeof setTimeout,
    clearTimeout: clear(real.clearTimeout),
    setImmediate: immediate as unknown as typeof setImmediate,
    clearImmediate: clear(real.clearImmediate),
    now: () => Math.floor(scheduler.now + scheduler.current.clockErrorMs),
    performanceNow: () => scheduler.now,
    delay: pauseIn(scheduler, 'pause') as typeof timersPromises.setTimeout,
    turn: turnIn(scheduler) as typeof timersPromises.setImmediate,
  });
  try {
    return await work();
  } finally {
    install(real);
  }
}

function startTimer(scheduler: Scheduler, of: { ms: number; what: string }, run: () => void): VirtualTimer {
  const actor = scheduler.current;
  return new VirtualTimer((ring) => scheduler.alarm(actor, of, ring), run);
}

function turnIn(scheduler: Scheduler) {
  const pause = pauseIn(scheduler, 'turn of the loop');
  return (value?: unknown, options: { signal?: AbortSignal } = {}): Promise<unknown> => pause(0, value, options);
}

function pauseIn(scheduler: Scheduler, what: string) {
  return (ms = 0, value?: unknown, options: { signal?: AbortSignal } = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      const stop = (): void => {
        timer.cancel();
        reject(new DOMException('The operation was aborted', 'AbortError'));
      };
      const timer = startTimer(scheduler, { ms, what }, () => {
        signal?.removeEventListener('abort', stop);
        resolve(value);
      });
      if (signal?.aborted === true) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
}

function install(time: typeof real): void {
  Object.assign(globalThis, {
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    setImmediate: time.setImmediate,
    clearImmediate: time.clearImmediate,
  });
  Object.assign(timers, { setTimeout: time.setTimeout, setImmediate: time.setImmediate });
  Object.assign(timersPromises, { setTimeout: time.delay, setImmediate: time.turn });
  Date.now = time.now;
  performance.now = time.performanceNow;
  syncBuiltinESMExports();
}
