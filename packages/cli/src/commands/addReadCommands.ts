import type { Unlock } from '@cairn/contracts';
import type { ProgressItem, ServerStatus, XpEntry } from '@cairn/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode } from '../errors.js';
import { formatNumber } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { type Column, formatFields, formatTable } from '../output/table.js';
import { type AddCommand, withExamples } from './cliHost.js';

interface ListOptions {
  limit?: number;
}

/** Rows that make one table: columns are as wide as what stands in them, so a table has to be held as a whole. */
const TABLE_ROWS = 500;
/** Entries of the ledger that a person is shown unless asked for more. */
const XP_ENTRIES_SHOWN = 20;

export const addReadCommands: AddCommand = (program, host) => {
  const progress = program
    .command('progress')
    .description("a user's progress towards every achievement")
    .argument('<user>')
    .action(async (user: string, _options: unknown, self: Command) => host.exit(await showProgress(host.contextOf(self), user)));
  withExamples(progress, [
    ['cairn progress alice@example.com', 'a table'],
    ['cairn progress alice@example.com --json', 'for a script'],
  ]);

  const unlocks = program
    .command('unlocks')
    .description("a user's unlocks, newest first; without a user, everybody's, oldest first")
    .argument('[user]')
    .option('--limit <count>', 'so many at most', parseCount)
    .action(async (user: string | undefined, options: ListOptions, self: Command) =>
      host.exit(await showUnlocks(host.contextOf(self), user, options)),
    );
  withExamples(unlocks, [
    ['cairn unlocks alice@example.com --limit 10', 'the ten newest'],
    ['cairn unlocks --json', 'all there are, as one document'],
  ]);

  const xp = program
    .command('xp')
    .description("a user's XP, rank, and what it came from, newest first")
    .argument('<user>')
    .option('--limit <count>', `so many entries at most (default: ${XP_ENTRIES_SHOWN}, all with --json)`, parseCount)
    .action(async (user: string, options: ListOptions, self: Command) => host.exit(await showXp(host.contextOf(self), user, options)));
  withExamples(xp, [['cairn xp alice@example.com', 'total, rank and the newest entries']]);

  const status = program
    .command('status')
    .description('how far the evaluation is, and what lies in the dead letters')
    .action(async (_options: unknown, self: Command) => host.exit(await showStatus(host.contextOf(self))));
  withExamples(status, [['cairn status --json', 'lag is 0 once everything that was accepted is evaluated']]);
};

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError('It must be an integer of at least 1.');
  return count;
}

async function showProgress(context: CliContext, user: string): Promise<ExitCode> {
  const items = await (await context.connect()).progress(user);
  if (context.json) await context.output.json({ items });
  else if (items.length === 0) context.output.note('There are no achievements yet: publish some with `cairn packs apply <file>`');
  else
    await context.output.lines(
      formatTable(
        PROGRESS_COLUMNS,
        items.map((item) => progressRow(item)),
      ),
    );
  return EXIT.success;
}

const PROGRESS_COLUMNS: readonly Column[] = [
  { title: 'ACHIEVEMENT' },
  { title: 'STATUS' },
  { title: 'VALUE', align: 'right' },
  { title: 'OF', align: 'right' },
  { title: 'LEVEL' },
  { title: 'PERIOD' },
  { title: 'NAME' },
];

function progressRow(item: ProgressItem): string[] {
  return [
    printable(item.slug),
    item.eligible ? item.status : `${item.status} (below tier)`,
    formatNumber(item.value),
    formatNumber(item.threshold),
    printable(item.level ?? ''),
    printable(item.period ?? ''),
    printable(item.name),
  ];
}

async function showUnlocks(context: CliContext, user: string | undefined, { limit }: ListOptions): Promise<ExitCode> {
  const client = await context.connect();
  const unlocks = limited(client.unlocks(user === undefined ? {} : { user }), limit ?? Number.POSITIVE_INFINITY);
  if (context.json) await writeItems(context, unlocks);
  else await printUnlocks(context, unlocks, { ofAll: user === undefined });
  return EXIT.success;
}

/** One document, written while it is read: however many there are, they need not fit the memory. */
async function writeItems({ output }: CliContext, items: AsyncIterable<unknown>): Promise<void> {
  let separator = '';
  await output.write('{"items":[');
  for await (const item of items) {
    await output.write(separator + JSON.stringify(item));
    separator = ',';
  }
  await output.write('],"next_cursor":null}\n');
}

async function printUnlocks(context: CliContext, unlocks: AsyncIterable<Unlock>, { ofAll }: { ofAll: boolean }): Promise<void> {
  const columns: Column[] = [
    { title: 'UNLOCKED' },
    ...(ofAll ? [{ title: 'USER' }] : []),
    { title: 'ACHIEVEMENT' },
    { title: 'LEVEL' },
    { title: 'PERIOD' },
    { title: 'XP', align: 'right' },
    { title: 'NAME' },
  ];
  let rows: string[][] = [];
  let shown = 0;
  for await (const unlock of unlocks) {
    const who = ofAll ? [printable(unlock.user_id ?? `team ${unlock.team_id ?? ''}`)] : [];
    rows.push([
      unlock.unlocked_at,
      ...who,
      printable(unlock.achievement.slug),
      printable(unlock.level ?? ''),
      printable(unlock.period ?? ''),
      formatNumber(unlock.xp_reward),
      printable(unlock.achievement.name),
    ]);
    shown++;
    if (rows.length < TABLE_ROWS) continue;
    await context.output.lines(formatTable(columns, rows));
    rows = [];
  }
  if (rows.length > 0) await context.output.lines(formatTable(columns, rows));
  if (shown === 0) context.output.note('No unlocks yet.');
}

async function* limited<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<T, void, undefined> {
  let count = 0;
  for await (const item of items) {
    yield item;
    if (++count >= limit) return;
  }
}

async function showXp(context: CliContext, user: string, { limit }: ListOptions): Promise<ExitCode> {
  const client = await context.connect();
  const entriesMax = limit ?? (context.json ? undefined : XP_ENTRIES_SHOWN);
  const report = await client.xp(user, entriesMax === undefined ? {} : { entriesMax });
  if (context.json) {
    await context.output.json({ ...report, next_cursor: null });
    return EXIT.success;
  }
  await context.output.lines(
    formatFields([
      ['total', `${formatNumber(report.total)} XP`],
      ['rank', printable(report.rank ?? 'none')],
    ]),
  );
  if (report.entries.length === 0) return EXIT.success;
  await context.output.line('');
  const columns: Column[] = [{ title: 'WHEN' }, { title: 'XP', align: 'right' }, { title: 'TOTAL', align: 'right' }, { title: 'FOR' }];
  await context.output.lines(formatTable(columns, report.entries.map(xpRow)));
  return EXIT.success;
}

function xpRow(entry: XpEntry): string[] {
  const amount = `${entry.amount > 0 ? '+' : ''}${formatNumber(entry.amount)}`;
  const source = entry.slug ?? entry.rule_id ?? '';
  return [entry.occurred_at, amount, formatNumber(entry.total_after), printable(`${entry.reason} ${source}`.trim())];
}

async function showStatus(context: CliContext): Promise<ExitCode> {
  const client = await context.connect();
  const status = await client.status();
  if (context.json) {
    await context.output.json(status);
    return EXIT.success;
  }
  const lag =
    status.lag === 0 ? context.output.style('green', '0, all is evaluated') : context.output.style('yellow', formatNumber(status.lag));
  await context.output.lines(
    formatFields([
      ['server', client.url],
      ['version', printable(status.version)],
      ['log', `sequence ${formatNumber(status.log.last_sequence)}`],
      ['evaluated', `sequence ${formatNumber(status.evaluated_sequence)}`],
      ['lag', lag],
      ['dead letters', formatNumber(status.dead_letters)],
      ['partitions', describePartitions(status)],
      ...(status.nats_url === undefined ? [] : [['NATS', printable(status.nats_url)] as const]),
    ]),
  );
  return EXIT.success;
}

/** A partition that nobody has is not evaluated. */
function describePartitions({ partitions }: ServerStatus): string {
  const orphans = partitions.filter(({ owner }) => owner === null);
  if (orphans.length === 0) return formatNumber(partitions.length);
  return `${formatNumber(partitions.length)}, without an evaluator: ${orphans.map(({ partition }) => partition).join(', ')}`;
}
