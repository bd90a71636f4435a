import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@cairn/runtime';
import { type Database, nextTenantCopy, type TenantMerge } from '@cairn/store';
import { TENANT_COPY_LOOK_MS, TENANT_COPY_RETRY_MS } from '../limits.js';
import { copyHistory, type HistoryCopyPorts } from './copyHistory.js';

export interface TenantCopiesPorts extends HistoryCopyPorts {
  database: Database;
  logger: Logger;
  /** Whether it is this process that does it. Two that do it at once do it once: a copy of an event is a duplicate of another. */
  isLeading(): boolean;
}

/** Brings the histories of merged tenants along, one after the other, beside live traffic. Whoever comes next goes on with what a crash has left. */
export class TenantCopies {
  readonly #ports: TenantCopiesPorts;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(ports: TenantCopiesPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { database, isLeading, logger } = this.#ports;
    while (!signal.aborted) {
      let pauseMs = TENANT_COPY_LOOK_MS;
      try {
        const merge = isLeading() ? await nextTenantCopy(database.pool) : null;
        if (merge !== null && (await this.#copy(merge))) continue;
      } catch (error) {
        if (signal.aborted) return;
        pauseMs = TENANT_COPY_RETRY_MS;
        logger.warn({ err: error, delay_ms: pauseMs }, 'the history of a merged tenant could not be brought along: it is tried again');
      }
      await pause(pauseMs, signal);
    }
  }

  /** Whether it came to its end; else it goes on later. */
  async #copy(merge: TenantMerge): Promise<boolean> {
    const { events, isFinished } = await copyHistory(merge, this.#ports, this.#stopping.signal);
    const about = { tenant_id: merge.tenantId, into: merge.intoTenant, events };
    if (isFinished) this.#ports.logger.info(about, 'the history of a merged tenant came along');
    return isFinished;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
