import type { CairnClient } from '@cairn/sdk';
import { describeRefusal } from '../sending/describeRefusal.js';
import type { KeptEvent, Spool } from './spool.js';

export interface SpoolReport {
  sent: number;
  /** The server will never take these; each says why and where it lies now. */
  refused: string[];
}

/** Events sent at once: what one request holds. */
const SPOOL_BATCH_EVENTS = 1000;

/**
 * Sends what waits for the server, oldest first. Errors of the connection pass through: what was not sent stays.
 */
export async function sendSpooled(spool: Spool, client: CairnClient, url: string | null): Promise<SpoolReport> {
  const report: SpoolReport = { sent: 0, refused: [] };
  const kept = await spool.waitingFor(url);
  for (let first = 0; first < kept.length; first += SPOOL_BATCH_EVENTS) {
    await sendBatch(spool, client, { batch: kept.slice(first, first + SPOOL_BATCH_EVENTS), report });
  }
  return report;
}

async function sendBatch(spool: Spool, client: CairnClient, { batch, report }: { batch: KeptEvent[]; report: SpoolReport }): Promise<void> {
  const results = await client.sendEvents(batch.map((kept) => kept.event));
  for (const result of results) {
    const kept = batch[result.index];
    if (kept === undefined) continue;
    if (result.status === 'accepted' || result.status === 'duplicate') {
      await spool.remove(kept.name);
      report.sent++;
    } else {
      const place = await spool.putAside(kept.name);
      report.refused.push(`${describeRefusal(result)} (kept in ${place})`);
    }
  }
}
