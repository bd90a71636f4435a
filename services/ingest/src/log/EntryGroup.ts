import type { CairnEvent } from '@cairn/contracts';

/** An event that waits to be written, and who waits for it. */
export interface WaitingEvent {
  event: CairnEvent;
  written(sequence: number): void;
  failed(error: unknown): void;
}

/** Hashes, instants, lengths and tags of one event in an entry; the rest is text. */
const FIXED_BYTES_MAX = 160;
/** Of UTF-16 in UTF-8. To count the bytes of the many short texts would take longer than to write them. */
const BYTES_A_CHARACTER_MAX = 3;

/** The events of one tenant and partition that wait for their place in the log. */
export class EntryGroup {
  readonly tenantId: string;
  readonly partition: number;
  /** An entry of this group is on its way. */
  isPublishing = false;
  readonly #eventsMax: number;
  readonly #bytesMax: number;
  #waiting: WaitingEvent[] = [];
  /** Of each of them. */
  #sizes: number[] = [];
  #bytes = 0;

  constructor(tenantId: string, partition: number, { eventsMax, bytesMax }: { eventsMax: number; bytesMax: number }) {
    this.tenantId = tenantId;
    this.partition = partition;
    this.#eventsMax = eventsMax;
    this.#bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#eventsMax || this.#bytes >= this.#bytesMax;
  }

  add(waiting: WaitingEvent): void {
    const bytes = bytesOf(waiting.event);
    this.#waiting.push(waiting);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
  }

  /** The oldest events, as many as one entry may hold and at least one. The group counts as publishing from then on. */
  take(): WaitingEvent[] {
    this.isPublishing = true;
    let count = 0;
    let bytes = 0;
    for (const size of this.#sizes) {
      if (count >= this.#eventsMax || (count > 0 && bytes + size > this.#bytesMax)) break;
      bytes += size;
      count++;
    }
    return this.#remove(count, bytes);
  }

  takeAll(): WaitingEvent[] {
    return this.#remove(this.#waiting.length, this.#bytes);
  }

  #remove(count: number, bytes: number): WaitingEvent[] {
    this.#bytes -= bytes;
    this.#sizes.splice(0, count);
    return this.#waiting.splice(0, count);
  }
}

/** At least as many as the event takes in an entry. */
function bytesOf({ eventId, idempotencyKey, type, userId, teamId, source, propertiesJson }: CairnEvent): number {
  const { app, ref, sdk, sdkVersion } = source;
  const names = eventId.length + type.length + userId.length + lengthOf(idempotencyKey) + lengthOf(teamId);
  const texts = lengthOf(app) + lengthOf(ref) + lengthOf(sdk) + lengthOf(sdkVersion);
  return FIXED_BYTES_MAX + (names + texts) * BYTES_A_CHARACTER_MAX + Buffer.byteLength(propertiesJson);
}

function lengthOf(text: string | null): number {
  return text === null ? 0 : text.length;
}
