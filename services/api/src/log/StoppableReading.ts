import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';

/** What a projection waits in, for entries or for its next try: both end at once when it is stopped. */
export class StoppableReading {
  readonly #stopping = new AbortController();
  #abortFetch: (() => void) | null = null;

  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  stop(): void {
    this.#stopping.abort();
    this.#abortFetch?.();
  }

  /** What a consumer gives within a time. */
  async fetch(consumer: Consumer, of: { messagesMax: number; gatherMs: number }): Promise<JsMsg[]> {
    const arriving = await consumer.fetch({ max_messages: of.messagesMax, expires: of.gatherMs });
    this.#abortFetch = () => arriving.stop();
    const messages: JsMsg[] = [];
    for await (const message of arriving) messages.push(message);
    this.#abortFetch = null;
    return messages;
  }

  async pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
