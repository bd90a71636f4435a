import { PROGRESS_SUBJECTS, progressSubject } from '@cairn/contracts';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { StreamFilter } from './StreamFilter.js';

/** Somebody who is told of progress. */
export interface ProgressListener {
  filter: StreamFilter;
  deliverProgress(key: string, json: string): void;
}

interface SharedSubscription {
  subscription: Subscription;
  listeners: Set<ProgressListener>;
}

const utf8 = new TextDecoder();

/**
 * Progress as it happens, over plain NATS. A subject is subscribed to once, and only as long as somebody here wants it;
 * the client renews the subscriptions when the server comes back.
 */
export class ProgressFeed {
  readonly #nats: NatsConnection;
  readonly #subscriptions = new Map<string, SharedSubscription>();
  readonly #onUnreadable: () => void;

  constructor(options: { nats: NatsConnection; onUnreadable: () => void }) {
    this.#nats = options.nats;
    this.#onUnreadable = options.onUnreadable;
  }

  /** Settles when the server knows of the subscription: what is published from then on arrives. */
  async attach(listener: ProgressListener): Promise<void> {
    const subject = subjectOf(listener.filter);
    const shared = this.#subscriptions.get(subject);
    if (shared === undefined) this.#subscribe(subject, listener);
    else shared.listeners.add(listener);
    await this.#nats.flush();
  }

  detach(listener: ProgressListener): void {
    const subject = subjectOf(listener.filter);
    const shared = this.#subscriptions.get(subject);
    if (shared === undefined || !shared.listeners.delete(listener)) return;
    if (shared.listeners.size > 0) return;
    shared.subscription.unsubscribe();
    this.#subscriptions.delete(subject);
  }

  #subscribe(subject: string, first: ProgressListener): void {
    const listeners = new Set([first]);
    const subscription = this.#nats.subscribe(subject, {
      callback: (error, message) => {
        const key = error === null ? readKey(message.data) : null;
        if (key === null) {
          this.#onUnreadable();
          return;
        }
        const json = utf8.decode(message.data);
        for (const listener of listeners) listener.deliverProgress(`${message.subject} ${key}`, json);
      },
    });
    this.#subscriptions.set(subject, { subscription, listeners });
  }
}

function subjectOf(filter: StreamFilter): string {
  return filter.userId === null ? PROGRESS_SUBJECTS.replace('>', `${filter.tenantId}.>`) : progressSubject(filter.tenantId, filter.userId);
}

/** The achievement that the progress is of, or null where the message is no progress. */
function readKey(data: Uint8Array): string | null {
  try {
    const body: unknown = JSON.parse(utf8.decode(data));
    if (body === null || typeof body !== 'object' || !('slug' in body)) return null;
    return typeof body.slug === 'string' ? body.slug : null;
  } catch {
    return null;
  }
}
