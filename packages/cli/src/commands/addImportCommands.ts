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
  strict?: boolean;
}

export const addImportCommands: AddCommand = (program, host) => {
  const group = program.command('import').description('send events that exist already; doing it again changes nothing');
  const git = group
    .command('git')
    .description('every commit and tag of a git repository, in order of author date')
    .argument('<path>', 'the repository, or a directory in it', parseText)
    .option('--no-wait', 'do not wait until all is evaluated')
    .action(async (path: string, options: ImportOptions, self: Command) => {
      host.exit(await runGit(host.contextOf(self), path, options));
    });
  withExamples(git, [
    ['cairn import git .', 'the repository of the current directory'],
    ['cairn import git ~/src/tool --json --no-wait', 'for a script; counts only, and back at once'],
  ]);
  const jsonl = group
    .command('jsonl')
    .description('events from a file, one JSON object a line, in order of occurred_at')
    .argument('<file>', 'the file, or - for what comes through a pipe', parseText)
    .option('--strict', 'stop at the first line that is no event, or that the server does not take')
    .option('--no-wait', 'do not wait until all is evaluated')
    .action(async (file: string, options: ImportOptions, self: Command) => {
      host.exit(await runJsonl(host.contextOf(self), file, options));
    });
  withExamples(jsonl, [
    ['cairn import jsonl events.jsonl', 'a file; interrupted, the same call goes on where it stopped'],
    ['zcat 2025-*.jsonl.gz | cairn import jsonl -', 'from another program'],
  ]);
};

async function runGit(context: CliContext, path: string, options: ImportOptions): Promise<ExitCode> {
  const client = await context.connect('patient');
  const bar = createProgressBar(context.output, 'importing');
  const startedAt = performance.now();
  try {
    const { repo, tally } = await importGit(client, {
      path,
      environment: context.config.environment,
      onProgress: (done, total) => bar.update(done, total),
    });
    bar.stop();
    await reportImport(context, client, {
      source: `git ${repo}`,
      tally,
      seconds: secondsSince(startedAt),
      readBefore: 0,
      wait: options.wait,
    });
    // A tag that was moved or a commit without an address is a fact of the repository, told but no failure of the import.
    return tally.rejected === 0 ? EXIT.success : EXIT.failure;
  } finally {
    bar.stop();
  }
}

async function runJsonl(context: CliContext, file: string, options: ImportOptions): Promise<ExitCode> {
  const client = await context.connect('patient');
  const bar = createProgressBar(context.output, 'importing');
  const startedAt = performance.now();
  try {
    const { tally, readBefore } = await importFile(client, context, {
      path: file,
      dataDirectory: context.config.dataDirectory,
      strict: options.strict ?? false,
      onProgress: (done, total) => bar.update(done, total),
    });
    bar.stop();
    const source = file === '-' ? 'standard input' : file;
    await reportImport(context, client, { source, tally, seconds: secondsSince(startedAt), readBefore, wait: options.wait });
    return isClean(tally) ? EXIT.success : EXIT.failure;
  } finally {
    bar.stop();
  }
}

async function importFile(client: CairnClient, context: CliContext, options: ImportJsonlOptions): Promise<JsonlImport> {
  if (options.path !== '-') return await importJsonl(client, options);
  return await keepInput(context.stdin, async (path) => await importJsonl(client, { ...options, path, dataDirectory: null }));
}

function isClean(tally: ImportTally): boolean {
  return tally.rejected === 0 && tally.conflicts === 0 && skippedTotal(tally) === 0;
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1000;
}
