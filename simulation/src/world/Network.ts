import type { Actor } from './Actor.js';
import type { Lane, Scheduler } from './Scheduler.js';

/** Of each call, how likely it is that something happens to it. */
export interface FaultRates {
  /** It never arrives. */
  lostRequest: number;
  /** It was done, and nobody hears of it. */
  lostAnswer: number;
  /** It arrives when its sender has given up on it, and is done all the same. */
  lateRequest: number;
  /** It arrives twice. */
  doubledRequest: number;
  /** The server says no, having done nothing. */
  refused: number;
}

export const NO_FAULTS: FaultRates = { lostRequest: 0, lostAnswer: 0, lateRequest: 0, doubledRequest: 0, refused: 0 };

/** Both ways of a connection: what is sent first arrives first. */
export interface Connection {
  readonly there: Lane;
  readonly back: Lane;
}

export interface Call<T> {
  from: Actor;
  to: Actor;
  what: string;
  /** Without one, calls overtake each other. */
  over?: Connection;
  faults: FaultRates;
  /** What the caller is told where no answer comes, and after how long. */
  lost: { error(): Error; afterMs: number };
  refusal?: () => Error;
  /** What the server does, in one go. What it throws is the answer. */
  effect(): T;
}

const LATE_MS_MAX = 500;

/** Carries calls between processes and servers, as badly as the rates say. */
export class Network {
  constructor(readonly scheduler: Scheduler) {}

  connect(): Connection {
    return { there: this.scheduler.lane(), back: this.scheduler.lane() };
  }

  call<T>(call: Call<T>): Promise<T> {
    const fate = this.#fateOf(call.faults);
    const { from, to, what, over, lost } = call;
    const { scheduler } = this;
    return new Promise<T>((resolve, reject) => {
      const answer = (run: () => void): void => this.#post({ actor: from, what: `hears of ${what}`, lane: over?.back }, run);
      const giveUp = (): void => {
        scheduler.alarm(from, { ms: lost.afterMs, what: `gives up on ${what}` }, () => reject(lost.error()));
      };
      const arrive = (run: () => void): void => this.#post({ actor: to, what, lane: over?.there }, run);
      switch (fate) {
        case 'lostRequest':
          giveUp();
          return;
        case 'lateRequest':
          giveUp();
          scheduler.alarm(to, { ms: lost.afterMs + scheduler.random.between(0, LATE_MS_MAX), what: `${what}, late` }, () => attempt(call));
          return;
        case 'lostAnswer':
          arrive(() => attempt(call));
          giveUp();
          return;
        case 'refused':
          arrive(() => answer(() => reject((call.refusal ?? lost.error)())));
          return;
        case 'doubledRequest':
          scheduler.alarm(to, { ms: scheduler.random.between(0, LATE_MS_MAX), what: `${what}, again` }, () => attempt(call));
          break;
        case 'none':
          break;
      }
      arrive(() => {
        const outcome = attempt(call);
        answer(() => (outcome.ok ? resolve(outcome.value) : reject(outcome.error)));
      });
    });
  }

  #post(task: { actor: Actor; what: string; lane: Lane | undefined }, run: () => void): void {
    if (task.lane === undefined) this.scheduler.post(task.actor, task.what, run);
    else this.scheduler.postInLane(task.lane, task, run);
  }

  #fateOf(faults: FaultRates): keyof FaultRates | 'none' {
    let left = this.scheduler.random.next();
    for (const fate of ['lostRequest', 'lostAnswer', 'lateRequest', 'doubledRequest', 'refused'] as const) {
      left -= faults[fate];
      if (left < 0) return fate;
    }
    return 'none';
  }
}

function attempt<T>({ effect }: Call<T>): { ok: true; value: T } | { ok: false; error: unknown } {
  try {
    return { ok: true, value: effect() };
  } catch (error) {
    return { ok: false, error };
  }
}
