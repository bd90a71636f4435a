/** How many values have not expired, as time goes on: in steps of a minute, each value known by the minute it expires at. */
export class ExpiryTally {
  readonly #expiring = new Map<number, number>();
  #now: number;
  #size = 0;

  constructor(now: number) {
    this.#now = now;
  }

  get size(): number {
    return this.#size;
  }

  /** A value that would have expired at one minute does so at another now. */
  move(from: number, to: number): void {
    if (from === to) return;
    this.#change(from, -1);
    this.#change(to, 1);
  }

  advance(to: number): void {
    if (to - this.#now < this.#expiring.size) for (let minute = this.#now + 1; minute <= to; minute++) this.#expire(minute);
    else for (const minute of this.#expiring.keys()) if (minute <= to) this.#expire(minute);
    this.#now = to;
  }

  #change(minute: number, by: 1 | -1): void {
    if (minute <= this.#now) return;
    this.#expiring.set(minute, (this.#expiring.get(minute) ?? 0) + by);
    this.#size += by;
  }

  #expire(minute: number): void {
    this.#size -= this.#expiring.get(minute) ?? 0;
    this.#expiring.delete(minute);
  }
}
