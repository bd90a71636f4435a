import type { Logger } from '@cairn/runtime';

export interface LogClockPorts {
  /** The newest tick that any process has evaluated; null before the first. */
  read(): Promise<number | null>;
  write(at: number): Promise<void>;
  /** What time it is for as long as there was no tick. */
  now(): number;
  log: Logger;
}

/** How late it is by the ticks that are evaluated: here at once, and in the database for those who answer. */
export class LogClock {
  readonly #ports: LogClockPorts;
  #at: number | null = null;
  #written = Number.NEGATIVE_INFINITY;
  #writing = false;

  constructor(ports: LogClockPorts) {
    this.#ports = ports;
  }

  async start(): Promise<void> {
    const at = await this.#ports.read();
    if (at !== null) this.note(at);
  }

  now(): number {
    return this.#at ?? this.#ports.now();
  }

  /** A tick is evaluated: every partition says so of the same one. */
  note(at: number): void {
    this.#at = Math.max(this.#at ?? at, at);
    if (!this.#writing) void this.#write();
  }

  /** Never rejects: the next partition that says so, or the next tick, tries again. */
  async #write(): Promise<void> {
    this.#writing = true;
    try {
      // Another may come while one is being written.
      for (let at = this.#at; at !== null && at > this.#written; at = this.#at) {
        await this.#ports.write(at);
        this.#written = at;
      }
    } catch (error) {
      this.#ports.log.warn({ err: error }, 'how late it is cannot be written: trying again with the next tick');
    }
    this.#writing = false;
  }
}
