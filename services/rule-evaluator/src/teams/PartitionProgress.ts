import { TEAMS_GATE_PAUSE_MS_MAX, TEAMS_GATE_PAUSE_MS_MIN } from '../limits.js';

/**
 * How far the partitions have come. Only once the partition of an event's user is past the event is it known whether the event is
 * an original, so the loop of the teams stays behind them. Partitions of this process say so themselves, the others are looked at.
 */
export class PartitionProgress {
  readonly #positions = new Map<number, number>();
  readonly #noted = new Set<() => void>();

  /** A partition of this process has committed. */
  note(partition: number, position: number): void {
    if (!this.#advance(partition, position)) return;
    for (const wake of this.#noted) wake();
  }

  isPast(partition: number, sequence: number): boolean {
    return (this.#positions.get(partition) ?? 0) >= sequence;
  }

  /** Resolves when it is so, or when the signal says to stop. Rejects with what looking at the positions does. */
  async reached(isSo: () => boolean, by: { look: () => Promise<ReadonlyMap<number, number>>; signal: AbortSignal }): Promise<void> {
    let pauseMs = TEAMS_GATE_PAUSE_MS_MIN;
    while (!isSo() && !by.signal.aborted) {
      let isMoving = false;
      for (const [partition, position] of await by.look()) isMoving = this.#advance(partition, position) || isMoving;
      if (isSo()) return;
      pauseMs = isMoving ? TEAMS_GATE_PAUSE_MS_MIN : Math.min(pauseMs * 2, TEAMS_GATE_PAUSE_MS_MAX);
      await this.#pause(pauseMs, by.signal);
    }
  }

  /** Until the time is over, a partition of this process moves, or the signal says to stop. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#noted.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
      this.#noted.add(done);
      if (signal.aborted) done();
    });
  }

  #advance(partition: number, position: number): boolean {
    if (position <= (this.#positions.get(partition) ?? -1)) return false;
    this.#positions.set(partition, position);
    return true;
  }
}
