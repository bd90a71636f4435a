import { DEAD_LETTER_STREAM } from '@cairn/contracts';
import type { Surroundings } from '../world/Surroundings.js';

export interface StoredMessage {
  sequence: number;
  subject: string;
  data: Uint8Array;
  /** As it came, whatever was taken out of it since. */
  readonly written: Uint8Array;
  headers: ReadonlyMap<string, string>;
  messageId: string | null;
  storedAt: number;
}

/** As Cairn makes its streams. */
const DUPLICATE_WINDOW_MS = 120_000;
const DEAD_LETTER_DUPLICATE_WINDOW_MS = 86_400_000;

/** A JetStream stream: ordered, and for a while it knows a message id again. */
export class SimulatedStream {
  readonly messages: StoredMessage[] = [];
  readonly #sequenceOf = new Map<string, StoredMessage>();
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly name: string,
    readonly world: Surroundings,
  ) {}

  get lastSequence(): number {
    return this.messages.length;
  }

  publish(message: { subject: string; data: Uint8Array; messageId: string | null; headers?: ReadonlyMap<string, string> }): {
    sequence: number;
    isDuplicate: boolean;
  } {
    const { now } = this.world.scheduler;
    const windowMs = this.name === DEAD_LETTER_STREAM ? DEAD_LETTER_DUPLICATE_WINDOW_MS : DUPLICATE_WINDOW_MS;
    const known = message.messageId === null ? undefined : this.#sequenceOf.get(message.messageId);
    if (known !== undefined && known.storedAt + windowMs > now && this.world.guards.messageId)
      return { sequence: known.sequence, isDuplicate: true };
    const stored: StoredMessage = {
      ...message,
      written: message.data,
      headers: message.headers ?? new Map(),
      sequence: this.messages.length + 1,
      storedAt: now,
    };
    this.messages.push(stored);
    if (message.messageId !== null) this.#sequenceOf.set(message.messageId, stored);
    for (const listener of this.#listeners) listener();
    return { sequence: stored.sequence, isDuplicate: false };
  }

  /** Called whenever there is more, by the server: what it does has to be a task of its own. */
  onMore(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
