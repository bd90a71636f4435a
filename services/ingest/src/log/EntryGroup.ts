import type { CairnEvent } from '@cairn/contracts';

/** An event that waits to be written, and who waits for it. */
export interface WaitingEvent {
  event: CairnEvent;
  resolve(sequence: number): void;
  reject(error: unknown): void;
}

/** Hashes, instants, lengths and tags of one event in an entry; the rest is text. */
const FIXED_BYTES_MAX = 160;

/** The events of one tenant and partition that wait for their place in the log. */
export class EntryGroup {
  readonly subject: string;
  readonly tenantId: string;
  /** An entry of this group is on its way. */
  isPublishing = false;
  readonly #eventsMax: number;
  readonly #bytesMax: number;
  #waiting: WaitingEvent[] = [];
  #bytes = 0;

  constructor(subject: string, tenantId: string, { eventsMax, bytesMax }: { eventsMax: number; bytesMax: number }) {
    this.subject = subject;
    this.tenantId = tenantId;
    this.#eventsMax = eventsMax;
    this.#bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#eventsMax || this.#bytes >= this.#bytesMax;
  }

  add(waiting: WaitingEvent): void {
    this.#waiting.push(waiting);
    this.#bytes += bytesOf(waiting.event);
  }

  /** The oldest events, as many as one entry may hold and at least one. The group counts as publishing from then on. */
  take(): WaitingEvent[] {
    this.isPublishing = true;
    let count = 0;
    let bytes = 0;
    for (const { event } of this.#waiting) {
      const next = bytes + bytesOf(event);
      if (count >= this.#eventsMax || (count > 0 && next > this.#bytesMax)) break;
      bytes = next;
      count++;
    }
    this.#bytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  takeAll(): WaitingEvent[] {
    this.#bytes = 0;
    return this.#waiting.splice(0);
  }
}

/** At least as many as the event takes in an entry. */
function bytesOf({ eventId, idempotencyKey, type, userId, teamId, source, propertiesJson }: CairnEvent): number {
  const texts = [eventId, idempotencyKey, type, userId, teamId, source.app, source.ref, source.sdk, source.sdkVersion, propertiesJson];
  return texts.reduce((bytes, text) => bytes + (text === null ? 0 : Buffer.byteLength(text)), FIXED_BYTES_MAX);
}
