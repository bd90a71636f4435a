import type { SeededRandom } from '@cairn/testing/random';
import type { Actor } from './Actor.js';

interface Task {
  actor: Actor;
  what: string;
  run(): void;
  /** What has to run before: the head of a lane alone may run. */
  lane: Lane | null;
}

/** Tasks of one connection, in order. */
export interface Lane {
  readonly waiting: Task[];
}

interface Alarm {
  at: number;
  task: Task;
  isCancelled: boolean;
}

/** What becomes of a run that does not come to rest. */
class OutOfSteps extends Error {
  readonly code = 'out_of_steps';
}

/** How much time a step takes at most, in milliseconds. */
const STEP_MS_MAX = 0.5;
const TRACE_MAX = 2_000;

/**
 * Time and order of the simulated world. Whatever waits — an answer, a timer, a turn of the loop — is a task of the actor that waits
 * for it; at each step one of those that may run is drawn from the seed. Between two steps all that needs no waiting is done.
 */
export class Scheduler {
  /** Milliseconds since 1970. */
  now: number;
  steps = 0;
  /** Who runs: timers that are set now are theirs. */
  current: Actor;
  /** What was run lately, the newest last. */
  readonly trace: string[] = [];
  /** Of all that was run, so that two runs can be compared. */
  digest = 0;
  readonly #ready: Task[] = [];
  readonly #alarms: Alarm[] = [];

  constructor(
    readonly random: SeededRandom,
    start: { now: number; actor: Actor },
  ) {
    this.now = start.now;
    this.current = start.actor;
  }

  lane(): Lane {
    return { waiting: [] };
  }

  /** Something that may run from now on. */
  post(actor: Actor, what: string, run: () => void): void {
    this.#ready.push({ actor, what, run, lane: null });
  }

  /** The same, after all that is in the lane already. */
  postInLane(lane: Lane, { actor, what }: { actor: Actor; what: string }, run: () => void): void {
    const task = { actor, what, run, lane };
    if (lane.waiting.push(task) === 1) this.#ready.push(task);
  }

  /** Something that may run after a while. */
  alarm(actor: Actor, after: { ms: number; what: string }, run: () => void): { cancel(): void } {
    const alarm: Alarm = {
      at: this.now + Math.max(0, after.ms),
      task: { actor, what: after.what, run, lane: null },
      isCancelled: false,
    };
    this.#alarms.push(alarm);
    return {
      cancel: () => {
        alarm.isCancelled = true;
      },
    };
  }

  /** All that the actor waits for will never come. */
  kill(actor: Actor): void {
    actor.isAlive = false;
  }

  /** Until the condition holds. @throws OutOfSteps; an Error where nothing is left that could happen */
  async until(condition: () => boolean, stepsMax: number): Promise<void> {
    const last = this.steps + stepsMax;
    // What was begun before the first step has to get as far as it can.
    await drained();
    while (!condition()) {
      if (this.steps >= last) throw new OutOfSteps(`not at rest after ${this.steps} steps`);
      if (!this.#step()) throw new Error('nothing is left that could happen, and the end is not reached');
      await drained();
    }
  }

  #step(): boolean {
    this.#ring();
    let task = this.#draw();
    while (task === null) {
      if (!this.#skipTime()) return false;
      this.#ring();
      task = this.#draw();
    }
    this.steps++;
    this.now += this.random.next() * STEP_MS_MAX;
    this.current = task.actor;
    this.#note(task);
    task.run();
    return true;
  }

  /** One of those that may run; the tasks of the dead are dropped on the way. */
  #draw(): Task | null {
    let frozen: Task[] | null = null;
    let drawn: Task | null = null;
    while (drawn === null && this.#ready.length > 0) {
      const task = this.#take(this.random.below(this.#ready.length));
      if (task.actor.isAlive && task.actor.frozenUntil > this.now) (frozen ??= []).push(task);
      else {
        this.#follow(task);
        if (task.actor.isAlive) drawn = task;
      }
    }
    if (frozen !== null) this.#ready.push(...frozen);
    return drawn;
  }

  #take(index: number): Task {
    const task = this.#ready[index];
    const last = this.#ready.pop();
    if (task === undefined || last === undefined) throw new Error('there is no such task');
    if (index < this.#ready.length) this.#ready[index] = last;
    return task;
  }

  /** Lets the next of the lane run. */
  #follow({ lane }: Task): void {
    if (lane === null) return;
    lane.waiting.shift();
    const next = lane.waiting[0];
    if (next !== undefined) this.#ready.push(next);
  }

  #ring(): void {
    for (let i = this.#alarms.length - 1; i >= 0; i--) {
      const alarm = this.#alarms[i];
      if (alarm === undefined || (alarm.at > this.now && !alarm.isCancelled)) continue;
      this.#alarms.splice(i, 1);
      if (!alarm.isCancelled) this.#ready.push(alarm.task);
    }
  }

  /** To the next moment at which anything can happen. */
  #skipTime(): boolean {
    let next = Number.POSITIVE_INFINITY;
    for (const { at, isCancelled, task } of this.#alarms) if (!isCancelled && task.actor.isAlive) next = Math.min(next, at);
    for (const { actor } of this.#ready) next = Math.min(next, actor.frozenUntil);
    if (next === Number.POSITIVE_INFINITY) return false;
    this.now = Math.max(this.now, next);
    return true;
  }

  #note({ actor, what }: Task): void {
    const line = `${this.steps} ${actor.name}: ${what}`;
    for (let i = 0; i < line.length; i++) this.digest = (Math.imul(this.digest, 31) + line.charCodeAt(i)) | 0;
    this.trace.push(line);
    if (this.trace.length > TRACE_MAX) this.trace.splice(0, TRACE_MAX / 2);
  }
}

/**
 * All promises that can be settled without waiting are, and all that hangs on them: Node comes to its ticks only when it has no other
 * work, and does not go round its loop for them. The second comes behind ticks that the first did not see.
 */
function drained(): Promise<void> {
  return new Promise((resolve) => process.nextTick(() => queueMicrotask(() => process.nextTick(resolve))));
}
