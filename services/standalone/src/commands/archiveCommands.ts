import {
  Archive,
  beginBehind,
  eraseFromArchive,
  exportLog,
  type ImportReport,
  importLog,
  type LogEntry,
  verifyArchive,
} from '@cairn/archive';
import { type CliContext, countOf, createProgressBar, EXIT, type ExitCode, formatNumber, UsageError } from '@cairn/cli';
import { LOG_STREAM, LOG_SUBJECTS } from '@cairn/contracts';
import { redactorOf } from '@cairn/rule-evaluator';
import { ensureStreams } from '@cairn/runtime';
import { findTenant, isMigrated, partitionPositions } from '@cairn/store';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { archivePlaceOf } from '../archivePlaceOf.js';
import { type Installation, openInstallation } from '../openInstallation.js';

type Progress = (done: number, total: number) => void;

export async function exportCommand(context: CliContext, place: string): Promise<ExitCode> {
  const signal = context.interruption();
  return withInstallation(context, async ({ nats }) => {
    const archive = await Archive.open(archivePlaceOf(context, place));
    const added = await withBar(context, 'Archiving', (progress) => exportLog({ nats, archive, progress, signal }));
    const { first, last, entries } = archive;
    if (context.json) await context.output.json({ place: archive.place, added, first, last, entries });
    else await context.output.line(`Added ${formatNumber(added)}; ${archive.place} holds the log up to ${formatNumber(last)}.`);
    return EXIT.success;
  });
}

export async function importCommand(context: CliContext, place: string | undefined): Promise<ExitCode> {
  const signal = context.interruption();
  const archive = place === undefined ? null : await Archive.open(archivePlaceOf(context, place));
  return withInstallation(context, async (installation) => {
    const { nats, config } = installation;
    // Streams that are there belong to those who run: they are not touched.
    if (!(await hasLog(nats))) await ensureStreams(nats, { replicas: config.streamReplicas });
    const goOnBehind = await evaluatedUpTo(installation);
    if (archive === null) {
      await beginBehind(nats, goOnBehind);
      await say(context, { first: null, last: null, entries: 0, lost: goOnBehind });
      return EXIT.success;
    }
    await say(context, await withBar(context, 'Restoring', (progress) => importLog({ nats, archive, goOnBehind, progress, signal })));
    return EXIT.success;
  });
}

async function say(context: CliContext, report: ImportReport | { first: null; last: null; entries: 0; lost: number }): Promise<void> {
  const { output } = context;
  if (context.json) await output.json(report);
  else if (report.first === null) await output.line('The log is empty.');
  else await output.line(`The log is back from ${formatNumber(report.first)} to ${formatNumber(report.last)}.`);
  if (report.lost === 0) return;
  output.note(
    `cairn: ${countOf(report.lost, 'place')} behind it were evaluated and are lost from the log: what they brought about stays, ` +
      'and what comes next is put behind them. `cairn replay --swap` would take it back',
  );
}

/** The users' names are given: nobody else knows them once they are erased. */
export async function eraseCommand(
  context: CliContext,
  place: string,
  { user: userIds, tenant: tenantId }: { user: string[]; tenant: string },
): Promise<ExitCode> {
  const signal = context.interruption();
  return withInstallation(context, async ({ database: { pool } }) => {
    const tenant = await findTenant(pool, tenantId);
    if (tenant === null) throw new UsageError(`there is no tenant "${tenantId}"`);
    const redactor = redactorOf(pool, { ...tenant, tenantId, userIds });
    const redact = async (entry: LogEntry) => (await redactor(entry))?.rest ?? null;
    const places = archivePlaceOf(context, place);
    const report = await withBar(context, 'Erasing', (progress) => eraseFromArchive({ place: places, redact, progress, signal }));
    if (context.json) await context.output.json({ place: places.name, ...report });
    else
      await context.output.line(
        `Erased from ${countOf(report.entries, 'place')} of the log, in ${countOf(report.files, 'file')} of ${places.name}.`,
      );
    return EXIT.success;
  });
}

export async function verifyCommand(context: CliContext, place: string): Promise<ExitCode> {
  const signal = context.interruption();
  const archive = await Archive.open(archivePlaceOf(context, place));
  const entries = await withBar(context, 'Checking', (progress) => verifyArchive(archive, { progress, signal }));
  const { first, last, segments } = archive;
  if (context.json) await context.output.json({ place: archive.place, files: segments.length, first, last, entries });
  else
    await context.output.line(
      `Sound: ${formatNumber(segments.length)} file(s) hold ${formatNumber(entries)} entries of the log, from ${formatNumber(first)} to ${formatNumber(last)}.`,
    );
  return EXIT.success;
}

async function withInstallation(context: CliContext, work: (installation: Installation) => Promise<ExitCode>): Promise<ExitCode> {
  const installation = await openInstallation(context);
  try {
    return await work(installation);
  } finally {
    await installation.close();
  }
}

async function withBar<Result>(context: CliContext, label: string, work: (progress: Progress) => Promise<Result>): Promise<Result> {
  const bar = createProgressBar(context.output, label);
  try {
    return await work((done, total) => bar.update(done, total));
  } finally {
    bar.stop();
  }
}

/** New entries must come behind all that the database has seen: at a place that it has seen, they would not be evaluated. */
async function evaluatedUpTo({ database }: Installation): Promise<number> {
  if (!(await isMigrated(database.pool))) return 0;
  return Math.max(0, ...(await partitionPositions(database.pool)).map(({ lastSeq }) => lastSeq));
}

async function hasLog(nats: NatsConnection): Promise<boolean> {
  for await (const name of (await jetstreamManager(nats)).streams.names(LOG_SUBJECTS)) if (name === LOG_STREAM) return true;
  return false;
}
