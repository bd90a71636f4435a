import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@cairn/runtime';
import { type Database, type Erasure, generationNames, giveBackReplayLock, nextErasure, noteErasure, tryReplayLock } from '@cairn/store';
import { ERASURE_LOOK_MS, ERASURE_RETRY_MS } from '../limits.js';
import type { ErasureSteps, Outcome } from './ErasureSteps.js';

export interface ErasuresPorts {
  database: Database;
  steps: ErasureSteps;
  logger: Logger;
}

/**
 * Sees to it that nothing is left of users who are to be erased, one after the other. Every evaluator looks for what is to be done; a
 * lock lets one of them do it, and keeps replays away, which must not read a log of which entries are being taken. Each step can be
 * done again: whoever comes next goes on with what a crash has left.
 */
export class Erasures {
  readonly #ports: ErasuresPorts;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(ports: ErasuresPorts) {
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
    while (!signal.aborted) {
      let pauseMs = ERASURE_LOOK_MS;
      try {
        const erasure = await nextErasure(this.#ports.database.pool);
        if (erasure !== null && (await this.#work(erasure)).step === 'done') continue;
      } catch (error) {
        if (signal.aborted) return;
        pauseMs = ERASURE_RETRY_MS;
        this.#ports.logger.warn({ err: error, delay_ms: pauseMs }, 'an erasure could not go on: it is tried again');
      }
      await pause(pauseMs, signal);
    }
  }

  /** As far as it goes without waiting. */
  async #work(begun: Erasure): Promise<Erasure> {
    const { database, logger, steps } = this.#ports;
    let erasure = begun;
    for (;;) {
      const { signal } = this.#stopping;
      // A replay takes the lock by itself.
      const outcome = erasure.step === 'teams' ? await steps.rebuildTeams(erasure, signal) : await this.#alone(erasure);
      const { waitsFor } = outcome;
      erasure = { ...outcome.erasure, waitsFor };
      await noteErasure(database.pool, erasure);
      if (waitsFor !== null) return erasure;
      if (erasure.step !== 'done') continue;
      await steps.tidy();
      logger.info({ tenant_id: erasure.tenantId, erasure_id: erasure.erasureId, entries: erasure.entries }, 'nothing is left of a user');
      return erasure;
    }
  }

  async #alone(erasure: Erasure): Promise<Outcome> {
    const { pool } = this.#ports.database;
    const names = await generationNames(pool);
    const guard = await pool.connect();
    let lost: Error | undefined;
    guard.on('error', (error) => {
      lost = error;
    });
    try {
      if (!(await tryReplayLock(guard, names))) return { erasure, waitsFor: 'a replay that is under way, or another evaluator' };
      return await this.#ports.steps.advance(erasure, this.#stopping.signal).finally(() => lost ?? giveBackReplayLock(guard, names));
    } finally {
      guard.release(lost ?? true);
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
