import type { PackChange, PublishedPack } from '@cairn/sdk';
import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { countOf } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { formatTable } from '../output/table.js';
import { diffPack } from '../packs/diffPack.js';
import { type LintedPack, type LintIssue, lintPackFile } from '../packs/lintPackFile.js';
import { readPackFile } from '../packs/readPackFile.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseTexts } from './parseText.js';

type GoodPack = Extract<LintedPack, { ok: true }>;

export const addPacksCommands: AddCommand = (program, host) => {
  const group = program.command('packs').description('achievements as code');
  const add = (name: string, description: string, run: (context: CliContext, files: string[]) => Promise<ExitCode>): Command =>
    group
      .command(name)
      .description(description)
      .argument('<files...>', 'YAML or JSON files, or names of packs that come with Cairn', parseTexts)
      .action(async (files: string[], _options: unknown, self: Command) => {
        host.exit(await run(host.contextOf(self), files));
      });
  withExamples(add('lint', 'check packs, without a server', lint), [
    ['cairn packs lint packs/*.yaml', 'says file, line and column of what is wrong, and what to write instead'],
  ]);
  withExamples(add('diff', 'what publishing would change', diff), [['cairn packs diff git', 'nothing is changed by asking']]);
  withExamples(add('apply', 'publish packs', apply), [
    ['cairn packs apply git onboarding', 'packs that come with Cairn'],
    ['cairn packs apply team.yaml', "one's own"],
  ]);
};

async function lint(context: CliContext, files: string[]): Promise<ExitCode> {
  const linted = await lintAll(files);
  const issues = issuesOf(linted);
  if (context.json) await context.output.json({ items: issues, files: files.length });
  else if (issues.length > 0) await printIssues(context, issues);
  else
    for (const [index, file] of linted.entries())
      if (file.ok)
        await context.output.line(
          `${files[index] ?? ''}: ${countOf(file.pack.achievements.length, 'achievement')}, nothing to complain about`,
        );
  return issues.length === 0 ? EXIT.success : EXIT.failure;
}

async function apply(context: CliContext, files: string[]): Promise<ExitCode> {
  const packs = await goodPacks(context, files);
  if (packs === null) return EXIT.failure;
  const client = await context.connect();
  const published: PublishedPack[] = [];
  for (const { pack, document } of packs) {
    const answer = await client.publishPack(pack.pack, document);
    published.push(answer);
    if (!context.json) await printPublished(context, answer);
  }
  if (context.json) await context.output.json(published.length === 1 ? published[0] : { items: published });
  return EXIT.success;
}

async function diff(context: CliContext, files: string[]): Promise<ExitCode> {
  const packs = await goodPacks(context, files);
  if (packs === null) return EXIT.failure;
  const client = await context.connect();
  const diffs: { pack: string; changes: PackChange[] }[] = [];
  for (const { pack } of packs) {
    const changes = await diffPack(client, pack);
    diffs.push({ pack: pack.pack, changes });
    if (!context.json) await printChanges(context, pack.pack, changes);
  }
  if (context.json) await context.output.json(diffs.length === 1 ? diffs[0] : { items: diffs });
  return EXIT.success;
}

async function lintAll(files: readonly string[]): Promise<LintedPack[]> {
  const linted: LintedPack[] = [];
  for (const file of files) linted.push(lintPackFile(await readPackFile(file)));
  return linted;
}

/** All or none: a set of packs of which one is wrong is not published by half. */
async function goodPacks(context: CliContext, files: readonly string[]): Promise<GoodPack[] | null> {
  const linted = await lintAll(files);
  const issues = issuesOf(linted);
  if (issues.length === 0) return linted.flatMap((file) => (file.ok ? [file] : []));
  for (const issue of issues) context.output.note(describe(issue));
  context.output.note('cairn: nothing was sent');
  return null;
}

function issuesOf(linted: readonly LintedPack[]): LintIssue[] {
  return linted.flatMap((file) => (file.ok ? [] : file.issues));
}

async function printIssues({ output }: CliContext, issues: readonly LintIssue[]): Promise<void> {
  for (const issue of issues) await output.line(describe(issue));
  output.note(countOf(issues.length, 'issue'));
}

/** As compilers write it, so that editors jump there. */
function describe({ file, line, column, path, code, message }: LintIssue): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${printable(path)} `}${printable(message)} (${code})`;
}

async function printPublished(context: CliContext, published: PublishedPack): Promise<void> {
  await printChanges(context, published.pack, published.changes);
  if (published.xp_rules_changed) await context.output.line('  XP rules changed');
  if (published.ranks_changed) await context.output.line('  ranks changed');
  if (!published.in_effect)
    context.output.note(`cairn: ${printable(published.pack)} is in the log, and in effect once the evaluation is there`);
}

async function printChanges({ output }: CliContext, pack: string, changes: readonly PackChange[]): Promise<void> {
  const told = changes.filter((change) => change.change !== 'unchanged');
  const counts = (['added', 'changed', 'unchanged', 'retired'] as const).map(
    (kind) => `${changes.filter(({ change }) => change === kind).length} ${kind}`,
  );
  await output.line(`${output.style('bold', printable(pack))}: ${counts.join(', ')}`);
  if (told.length === 0) return;
  const rows = told.map(({ slug, change, version }) => [change, printable(slug), `v${version}`]);
  await output.lines(
    formatTable([{ title: 'CHANGE' }, { title: 'ACHIEVEMENT' }, { title: 'VERSION', align: 'right' }], rows).map((line) => `  ${line}`),
  );
}
