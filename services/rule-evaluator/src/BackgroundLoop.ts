import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@cairn/runtime';

export interface BackgroundLoopOptions {
  /** Does what there is to do. @returns whether there may be more at once: else it is asked again after a while */
  work(signal: AbortSignal): Promise<boolean>;
  lookMs: number;
  /** After an error. */
  retryMs: number;
  /** Said of an error: it is tried again. */
  failed: string;
  logger: Logger;
}

/** Looks for something to do again and again, beside live traffic, until it is stopped. */
export class BackgroundLoop {
  readonly #options: BackgroundLoopOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: BackgroundLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when what was under way has stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { work, lookMs, retryMs, failed, logger } = this.#options;
    while (!signal.aborted) {
      let pauseMs = lookMs;
      try {
        if (await work(signal)) continue;
      } catch (error) {
        if (signal.aborted) return;
        pauseMs = retryMs;
        logger.warn({ err: error, delay_ms: pauseMs }, failed);
      }
      await pause(pauseMs, signal);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
