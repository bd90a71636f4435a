import { type CairnEvent, decodeEventBatch } from '@cairn/contracts';
import type { EventLog } from '../log/EventLog.js';

export interface MemoryEntry {
  subject: string;
  events: CairnEvent[];
  bytes: number;
}

/** A log in memory, whose acknowledgements a test can hold back and whose writes it can let fail. */
export class MemoryEventLog implements EventLog {
  readonly entries: MemoryEntry[] = [];
  /** Appends that have begun. */
  begun = 0;
  #failure: Error | undefined;
  #held: (() => void)[] | undefined;

  async append(subject: string, entry: Uint8Array): Promise<number> {
    this.begun++;
    if (this.#held !== undefined) await new Promise<void>((resolve) => this.#held?.push(resolve));
    if (this.#failure !== undefined) throw this.#failure;
    this.entries.push({ subject, events: decodeEventBatch(entry).events, bytes: entry.length });
    return this.entries.length;
  }

  failWith(failure: Error | undefined): void {
    this.#failure = failure;
  }

  hold(): void {
    this.#held = [];
  }

  /** Lets the oldest one that is held back go on. */
  releaseOne(): void {
    this.#held?.shift()?.();
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const resolve of held) resolve();
  }

  get eventIds(): string[] {
    return this.entries.flatMap(({ events }) => events.map(({ eventId }) => eventId));
  }
}
