import { createLogger } from '@cairn/runtime';
import { RedactedLog } from '../log/RedactedLog.js';
import type { ReplayReport } from '../replay/ReplayReport.js';
import { type ReplayOptions, replay } from '../replay/replay.js';
import type { EvaluatorHarness } from './EvaluatorHarness.js';

const logger = createLogger({ name: 'test', level: 'fatal', pretty: 'off' });

/** What a replay of the whole log finds beside what stands in the tables. */
export async function replayed(harness: EvaluatorHarness, more: Partial<ReplayOptions> = {}): Promise<ReplayReport> {
  const source = more.source ?? (await RedactedLog.connect(harness.nats, { consumers: 'replay' }));
  return replay({
    database: harness.database,
    databaseUrl: harness.servers.database.url,
    logger,
    version: 'test',
    swap: false,
    tenantId: null,
    restart: false,
    partial: false,
    progressProjection: 'progress-projection',
    progress: () => undefined,
    note: () => undefined,
    signal: new AbortController().signal,
    ...more,
    source,
  });
}

/** The rows that differ between what stands in the tables and what the log alone leads to. */
export async function differencesToReplay(harness: EvaluatorHarness, more: Partial<ReplayOptions> = {}): Promise<unknown[]> {
  const { tables, verdict } = await replayed(harness, more);
  const differing = tables.flatMap(({ table, differences }) => differences.map((difference) => ({ table, ...difference })));
  return verdict === 'equal' ? differing : [{ verdict }, ...differing];
}
