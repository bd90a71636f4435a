import type { Logger } from '@cairn/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import { RECONNECT_PAUSE_MS_MAX, RECONNECT_PAUSE_MS_MIN } from './limits.js';

/** One run of a consumer, from its creation to whatever ends it. */
export interface ConsumerSession {
  /** Settles when the consumer has ended by itself; with the reason where there is one. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

export interface KeptConsumer {
  /** Settles when the first session stands. */
  started: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Keeps a consumer running: opens a session, and opens the next one as soon as the server is back from a restart or
 * the session ends for another reason. (The client's own recovery waits for missed heartbeats, which takes seconds.)
 */
export function keepConsuming(options: {
  name: string;
  nats: NatsConnection;
  log: Logger;
  open(): Promise<ConsumerSession>;
}): KeptConsumer {
  const loop = new ConsumerLoop(options);
  return { started: loop.started, stop: () => loop.stop() };
}

class ConsumerLoop {
  readonly started: Promise<void>;
  readonly #options: Parameters<typeof keepConsuming>[0];
  readonly #stopRequested: Promise<void>;
  #requestStop!: () => void;
  #isStopRequested = false;
  readonly #running: Promise<void>;
  #resolveStarted!: () => void;
  #rejectStarted!: (reason: Error) => void;

  constructor(options: Parameters<typeof keepConsuming>[0]) {
    this.#options = options;
    this.#stopRequested = new Promise((resolve) => {
      this.#requestStop = resolve;
    });
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    // Whoever waits for it gets the error; that nobody does is no error.
    this.started.catch(() => undefined);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopRequested = true;
    this.#requestStop();
    this.#rejectStarted(new Error(`${this.#options.name} was stopped before it stood`));
    await this.#running;
  }

  async #run(): Promise<void> {
    let pauseMs = RECONNECT_PAUSE_MS_MIN;
    while (!this.#isOver()) {
      const session = await this.#tryOpen();
      if (session === null) {
        await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, RECONNECT_PAUSE_MS_MAX);
        continue;
      }
      pauseMs = RECONNECT_PAUSE_MS_MIN;
      this.#resolveStarted();
      await this.#untilOver(session);
      await session.stop();
    }
  }

  async #tryOpen(): Promise<ConsumerSession | null> {
    try {
      return await this.#options.open();
    } catch (error) {
      if (!this.#isOver()) this.#options.log.warn({ err: error, consumer: this.#options.name }, 'cannot reach the stream, trying again');
      return null;
    }
  }

  /** Until the session ended, the server came back, or it is time to stop. */
  async #untilOver(session: ConsumerSession): Promise<void> {
    const statuses = this.#options.nats.status();
    const reconnected = (async () => {
      for await (const status of statuses) {
        if (status.type === 'reconnect' || status.type === 'close') return;
      }
    })();
    const reason = await Promise.race([session.ended, reconnected, this.#stopRequested]);
    (statuses as AsyncIterable<unknown> & { stop?: () => void }).stop?.();
    if (reason instanceof Error)
      this.#options.log.warn({ err: reason, consumer: this.#options.name }, 'the consumer ended, opening it again');
  }

  #isOver(): boolean {
    return this.#isStopRequested || this.#options.nats.isClosed();
  }

  async #pause(pauseMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, pauseMs);
    });
    await Promise.race([elapsed, this.#stopRequested]);
    clearTimeout(timer);
  }
}
