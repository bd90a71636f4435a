import { tickBefore } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import type { TickLog } from './TickLog.js';

export interface TickerPorts {
  ticks: TickLog;
  /** Whether it is this process that appends them. */
  isLeading(): boolean;
  now(): number;
  /** Between two looks at the clock. */
  lookMs: number;
  log: Logger;
}

/**
 * Puts into the log how late it is: a tick for each quarter of an hour that begins, and after a standstill one for the newest. It
 * reads a clock, so that nobody behind the log has to.
 */
export class Ticker {
  readonly #ports: TickerPorts;
  /** The newest tick that is known to be in the log. */
  #appended = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(ports: TickerPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#ports.lookMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  #tick(): void {
    const due = tickBefore(this.#ports.now());
    if (this.#looking !== undefined || due <= this.#appended || !this.#ports.isLeading()) return;
    this.#looking = this.#append(due).finally(() => {
      this.#looking = undefined;
    });
  }

  /** Never rejects: what failed is tried again at the next look. */
  async #append(due: number): Promise<void> {
    const { ticks, log } = this.#ports;
    try {
      const last = await ticks.last();
      // Another process was first, or its clock is ahead: time never goes back.
      if (last !== null && last.at >= due) this.#appended = last.at;
      else if (await ticks.append(due, last)) this.#appended = due;
    } catch (error) {
      log.warn({ err: error, at: new Date(due).toISOString() }, 'a tick cannot be put into the log: trying again');
    }
  }
}
