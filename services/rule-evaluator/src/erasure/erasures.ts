import type { Logger } from '@cairn/runtime';
import { type Database, type Erasure, nextErasure, noteErasure } from '@cairn/store';
import { BackgroundLoop } from '../BackgroundLoop.js';
import { ERASURE_LOOK_MS, ERASURE_RETRY_MS } from '../limits.js';
import { underReplayLock } from '../replay/underReplayLock.js';
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
export function erasures(ports: ErasuresPorts): BackgroundLoop {
  return new BackgroundLoop({
    ...{ lookMs: ERASURE_LOOK_MS, retryMs: ERASURE_RETRY_MS, logger: ports.logger },
    failed: 'an erasure could not go on: it is tried again',
    work: async (signal) => {
      const erasure = await nextErasure(ports.database.pool);
      return erasure !== null && (await goOn(erasure, ports, signal)).step === 'done';
    },
  });
}

/** As far as it goes without waiting. */
async function goOn(begun: Erasure, ports: ErasuresPorts, signal: AbortSignal): Promise<Erasure> {
  const { database, logger, steps } = ports;
  let erasure = begun;
  for (;;) {
    // A replay takes the lock by itself.
    const outcome = erasure.step === 'teams' ? await steps.rebuildTeams(erasure, signal) : await advanceAlone(erasure, ports, signal);
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

async function advanceAlone(erasure: Erasure, { database, steps }: ErasuresPorts, signal: AbortSignal): Promise<Outcome> {
  const outcome = await underReplayLock(database, () => steps.advance(erasure, signal));
  return outcome ?? { erasure, waitsFor: 'a replay that is under way, or another evaluator' };
}
