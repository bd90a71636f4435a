import type { CairnClient } from '@cairn/sdk';
import type { CliContext } from '../cliContext.js';
import { countOf, formatNumber, formatSeconds } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { createProgressBar } from '../output/progressBar.js';
import { formatFields } from '../output/table.js';
import { type ImportTally, readTotal, skippedTotal } from './importTally.js';

export interface ImportReport {
  /** Where the events came from. */
  source: string;
  tally: ImportTally;
  /** From the first byte read to the last answer. */
  seconds: number;
  /** What of it had been read before an interruption; 0 where it began at the start. */
  readBefore: number;
  /** Wait until everything is evaluated. */
  wait: boolean;
  /** Ends the waiting. */
  signal: AbortSignal;
}

/** In words for the summary; still under way where the waiting was interrupted. */
type Evaluated = 'yes' | 'still under way' | 'not waited for';

/** Waits for the evaluation where asked to, and says what became of everything. False where the waiting was interrupted. */
export async function reportImport(context: CliContext, client: CairnClient, report: ImportReport): Promise<boolean> {
  const evaluated = report.wait ? await waitWithBar(context, client, report) : 'not waited for';
  if (readTotal(report.tally) === 0) context.output.note(`cairn: nothing was read: ${printable(report.source)} holds no events`);
  if (context.json) await context.output.json(documentOf(report, evaluated));
  else await printSummary(context, report, evaluated);
  return evaluated !== 'still under way';
}

async function waitWithBar(context: CliContext, client: CairnClient, { tally, signal }: ImportReport): Promise<Evaluated> {
  const bar = createProgressBar(context.output, 'evaluating');
  let lagFirst = 0;
  try {
    await client.waitUntilEvaluated({
      sequence: tally.lastSequence,
      signal,
      onProgress: ({ lag }) => {
        lagFirst = Math.max(lagFirst, lag);
        if (lagFirst > 0) bar.update(lagFirst - lag, lagFirst);
      },
    });
    return 'yes';
  } catch (error) {
    if (!signal.aborted) throw error;
    return 'still under way';
  } finally {
    bar.stop();
  }
}

function documentOf(report: ImportReport, evaluated: Evaluated): Record<string, unknown> {
  const { source, tally, seconds } = report;
  return {
    source,
    read: readTotal(tally),
    accepted: tally.accepted,
    duplicates: tally.duplicates,
    conflicts: tally.conflicts,
    rejected: tally.rejected,
    skipped: skippedTotal(tally),
    skipped_by_reason: tally.skipped,
    problems: tally.problems,
    resumed: report.readBefore > 0,
    seconds: Number(seconds.toFixed(3)),
    events_per_second: ratePerSecond(report),
    evaluated: evaluated === 'yes',
  };
}

async function printSummary(context: CliContext, report: ImportReport, evaluated: Evaluated): Promise<void> {
  const { output } = context;
  const { tally, seconds } = report;
  await output.line(
    output.style('bold', `Imported ${printable(report.source)}${report.readBefore > 0 ? ' (gone on with after an interruption)' : ''}`),
  );
  const fields: [string, string][] = [
    ['read', formatNumber(readTotal(tally))],
    ['accepted', formatNumber(tally.accepted)],
    ['duplicates', formatNumber(tally.duplicates)],
  ];
  if (tally.conflicts > 0)
    fields.push(['conflicts', `${formatNumber(tally.conflicts)}  there already with other contents: the first record stands`]);
  fields.push(['rejected', formatNumber(tally.rejected)]);
  for (const [reason, count] of Object.entries(tally.skipped)) fields.push(['skipped', `${formatNumber(count)}  ${reason}`]);
  fields.push(['time', `${formatSeconds(seconds)}  ${formatNumber(ratePerSecond(report))} events/s`]);
  fields.push(['evaluated', evaluated]);
  await output.lines(formatFields(fields).map((line) => `  ${line}`));
  await printProblems(context, tally);
}

async function printProblems({ output }: CliContext, tally: ImportTally): Promise<void> {
  if (tally.problems.length === 0) return;
  const total = tally.conflicts + tally.rejected + skippedTotal(tally);
  output.note(
    tally.problems.length < total ? `The first ${tally.problems.length} of ${countOf(total, 'problem')}:` : `${countOf(total, 'problem')}:`,
  );
  for (const { where, what } of tally.problems) output.note(`  ${printable(where)}: ${printable(what)}`);
}

function ratePerSecond({ tally, readBefore, seconds }: ImportReport): number {
  return seconds > 0 ? Math.round((readTotal(tally) - readBefore) / seconds) : 0;
}
