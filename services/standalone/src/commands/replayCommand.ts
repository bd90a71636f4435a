import { constants, setPriority } from 'node:os';
import { PROGRESS_PROJECTION } from '@cairn/api';
import { Archive } from '@cairn/archive';
import { type CliContext, createProgressBar, EXIT, type ExitCode } from '@cairn/cli';
import { ArchiveLog, RedactedLog, type ReplayReport, type ReplaySource, replay } from '@cairn/rule-evaluator';
import { isMigrated, migrate } from '@cairn/store';
import { archivePlaceOf } from '../archivePlaceOf.js';
import { type Installation, openInstallation } from '../openInstallation.js';
import { version } from '../version.js';
import { formatReplay } from './formatReplay.js';
import type { ReplayFlags } from './ReplayFlags.js';

/** What the consumers of a replay are called by. */
const CONSUMERS = 'replay';

/** `cairn replay`: exit code 1 where the two differ and stay so. */
export async function replayCommand(context: CliContext, flags: ReplayFlags): Promise<ExitCode> {
  const signal = context.interruption();
  // Whoever serves on the same machine comes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const installation = await openInstallation(context);
  try {
    const report = await run(context, { flags, installation, signal });
    if (context.json) await context.output.json(report);
    else await context.output.lines(formatReplay(report));
    return report.verdict === 'different' && !report.swapped ? EXIT.failure : EXIT.success;
  } finally {
    await installation.close();
  }
}

async function run(
  context: CliContext,
  { flags, installation, signal }: { flags: ReplayFlags; installation: Installation; signal: AbortSignal },
): Promise<ReplayReport> {
  const { database, databaseUrl, log, config } = installation;
  // An empty database: that of an installation that lost its own.
  if (!(await isMigrated(database.pool))) await migrate(database.pool, { partitions: config.partitions });
  const source = await sourceOf(context, installation, flags.fromArchive);
  const bar = createProgressBar(context.output, 'Replaying');
  try {
    return await replay({
      source,
      database,
      databaseUrl,
      logger: log,
      version,
      swap: flags.swap === true,
      tenantId: flags.tenant ?? null,
      restart: flags.restart === true,
      partial: flags.partial === true,
      progressProjection: PROGRESS_PROJECTION,
      progress: (done, total) => bar.update(done, total),
      note: (text) => context.output.note(`cairn: ${text}`),
      signal,
    });
  } finally {
    bar.stop();
    await source.close();
  }
}

async function sourceOf(context: CliContext, { nats }: Installation, archive: string | undefined): Promise<ReplaySource> {
  const log = await RedactedLog.connect(nats, { consumers: CONSUMERS });
  return archive === undefined ? log : new ArchiveLog(await Archive.open(archivePlaceOf(context, archive)), log);
}
