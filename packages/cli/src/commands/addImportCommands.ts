import type { CairnClient } from '@cairn/sdk';
import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { importGit } from '../git/importGit.js';
import { type ImportJsonlOptions, importJsonl, type JsonlImport } from '../jsonl/importJsonl.js';
import { keepInput } from '../jsonl/keepInput.js';
import { createProgressBar } from '../output/progressBar.js';
import { type ImportTally, skippedTotal } from '../sending/importTally.js';
import { reportImport } from '../sending/reportImport.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

interface ImportOptions {
  wait: boolean;
  backfill?: boolean;
  strict?: boolean;
}

const BACKFILL = ['--backfill', 'they are told long after they happened: they count, and what they unlock is silent'] as const;
const HELD_BACK = 'the server evaluates what it has first';

type Interruptible = ImportOptions & { signal: AbortSignal };

export const addImportCommands: AddCommand = (program, host) => {
  const group = program.command('import').description('send events that exist already; doing it again changes nothing');
  const git = group
    .command('git')
    .description('every commit and tag of a git repository, in order of author date')
    .argument('<path>', 'the repository, or a directory in it', parseText)
    .option(...BACKFILL)
    .option('--no-wait', 'do not wait until all is evaluated')
    .action(async (path: string, options: ImportOptions, self: Command) => {
      const context = host.contextOf(self);
      host.exit(await untilInterrupted(context, async (signal) => await runGit(context, path, { ...options, signal })));
    });
  withExamples(git, [
    ['cairn import git .', 'the repository of the current directory'],
    ['cairn import git ~/src/tool --json --no-wait', 'for a script; counts only, and back at once'],
    ['cairn import git . --backfill', 'what counts only now unlocks, but nobody is told of it'],
  ]);
  const jsonl = group
    .command('jsonl')
    .description('events from a file, one JSON object a line, in order of occurred_at')
    .argument('<file>', 'the file, or - for what comes through a pipe', parseText)
    .option('--strict', 'stop at the first line that is no event, or that the server does not take')
    .option(...BACKFILL)
    .option('--no-wait', 'do not wait until all is evaluated')
    .action(async (file: string, options: ImportOptions, self: Command) => {
      const context = host.contextOf(self);
      host.exit(await untilInterrupted(context, async (signal) => await runJsonl(context, file, { ...options, signal })));
    });
  withExamples(jsonl, [
    ['cairn import jsonl events.jsonl', 'a file; interrupted, the same call goes on where it stopped'],
    ['zcat 2025-*.jsonl.gz | cairn import jsonl -', 'from another program'],
  ]);
};

/** Without this, Ctrl-C would leave temporary files behind, and a terminal whose cursor the bar has hidden. */
async function untilInterrupted(context: CliContext, run: (signal: AbortSignal) => Promise<ExitCode>): Promise<ExitCode> {
  const signal = context.interruption();
  try {
    return await run(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    context.output.note('cairn: the import was stopped. What was sent is kept; the same call sends the rest');
    return EXIT.failure;
  }
}

async function runGit(context: CliContext, path: string, { wait, backfill = false, signal }: Interruptible): Promise<ExitCode> {
  const client = await context.connect('patient');
  const bar = createProgressBar(context.output, 'importing');
  const startedAt = performance.now();
  try {
    const { repo, tally } = await importGit(client, {
      path,
      environment: context.config.environment,
      signal,
      backfill,
      onHeldBack: () => bar.hold(HELD_BACK),
      onProgress: (done, total) => bar.update(done, total),
    });
    bar.stop();
    const isWaitedFor = await reportImport(context, client, {
      source: `git ${repo}`,
      tally,
      seconds: secondsSince(startedAt),
      readBefore: 0,
      wait,
      signal,
    });
    // A tag that was moved or a commit without an address is a fact of the repository, told but no failure of the import.
    return isWaitedFor && tally.rejected === 0 ? EXIT.success : EXIT.failure;
  } finally {
    bar.stop();
  }
}

async function runJsonl(
  context: CliContext,
  file: string,
  { wait, strict = false, backfill = false, signal }: Interruptible,
): Promise<ExitCode> {
  const client = await context.connect('patient');
  const bar = createProgressBar(context.output, 'importing');
  const startedAt = performance.now();
  try {
    const { tally, readBefore } = await importFile(client, context, {
      path: file,
      dataDirectory: context.config.dataDirectory,
      strict,
      signal,
      backfill,
      onHeldBack: () => bar.hold(HELD_BACK),
      onProgress: (done, total) => bar.update(done, total),
    });
    bar.stop();
    const source = file === '-' ? 'standard input' : file;
    const seconds = secondsSince(startedAt);
    const isWaitedFor = await reportImport(context, client, { source, tally, seconds, readBefore, wait, signal });
    return isWaitedFor && isClean(tally) ? EXIT.success : EXIT.failure;
  } finally {
    bar.stop();
  }
}

async function importFile(
  client: CairnClient,
  context: CliContext,
  options: ImportJsonlOptions & { signal: AbortSignal },
): Promise<JsonlImport> {
  if (options.path !== '-') return await importJsonl(client, options);
  return await keepInput(context.stdin, {
    signal: options.signal,
    run: async (path) => await importJsonl(client, { ...options, path, dataDirectory: null }),
  });
}

function isClean(tally: ImportTally): boolean {
  return tally.rejected === 0 && tally.conflicts === 0 && skippedTotal(tally) === 0;
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1000;
}
