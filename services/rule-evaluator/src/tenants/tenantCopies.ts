import type { Logger } from '@cairn/runtime';
import { type Database, nextTenantCopy } from '@cairn/store';
import { BackgroundLoop } from '../BackgroundLoop.js';
import { TENANT_COPY_LOOK_MS, TENANT_COPY_RETRY_MS } from '../limits.js';
import { copyHistory, type HistoryCopyPorts } from './copyHistory.js';

export interface TenantCopiesPorts extends HistoryCopyPorts {
  database: Database;
  logger: Logger;
  /** Whether it is this process that does it. Two that do it at once do it once: a copy of an event is a duplicate of another. */
  isLeading(): boolean;
}

/** Brings the histories of merged tenants along, one after the other, beside live traffic. Whoever comes next goes on with what a crash has left. */
export function tenantCopies(ports: TenantCopiesPorts): BackgroundLoop {
  return new BackgroundLoop({
    ...{ lookMs: TENANT_COPY_LOOK_MS, retryMs: TENANT_COPY_RETRY_MS, logger: ports.logger },
    failed: 'the history of a merged tenant could not be brought along: it is tried again',
    work: (signal) => copyNext(ports, signal),
  });
}

/** Whether a history came to its end; else it goes on later. */
async function copyNext(ports: TenantCopiesPorts, signal: AbortSignal): Promise<boolean> {
  const merge = ports.isLeading() ? await nextTenantCopy(ports.database.pool) : null;
  if (merge === null) return false;
  const { events, isFinished } = await copyHistory(merge, ports, signal);
  if (isFinished) {
    ports.logger.info({ tenant_id: merge.tenantId, into: merge.intoTenant, events }, 'the history of a merged tenant came along');
  }
  return isFinished;
}
