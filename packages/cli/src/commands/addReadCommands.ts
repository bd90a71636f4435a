import type { Unlock } from '@cairn/contracts';
import type { ProgressItem, ServerStatus, XpEntry } from '@cairn/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { failingChecks } from '../failingChecks.js';
import { formatProgress, isBegun } from '../output/formatProgress.js';
import { countOf, formatNumber } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { type Column, formatFields, formatTable } from '../output/table.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

interface ListOptions {
  limit?: number;
}

interface TeamOption {
  team?: string;
}

interface ProgressOptions extends TeamOption {
  all?: boolean;
}

/** Whose progress or unlocks; null for everybody's. */
type Whose = { user: string } | { team: string } | null;

const USER_DESCRIPTION = 'whose; the id that events name as actor.user_id';
const TEAM_FLAG = '--team <id>';
const TEAM_DESCRIPTION = 'of a team instead; the id that events name as actor.team_id';

/** Rows that make one table: columns are as wide as what stands in them, so a table has to be held as a whole. */
const TABLE_ROWS = 500;
/** Entries of the ledger that a person is shown unless asked for more. */
const XP_ENTRIES_SHOWN = 20;
/** Partitions that a person is shown because they have something left to do. */
const BEHIND_SHOWN_MAX = 8;

export const addReadCommands: AddCommand = (program, host) => {
  const progress = program
    .command('progress')
    .description("a user's or a team's progress: what is unlocked, then what is nearest to it")
    .argument('[user]', USER_DESCRIPTION, parseText)
    .option(TEAM_FLAG, TEAM_DESCRIPTION, parseText)
    .option('--all', 'also achievements that were not begun (with --json they are always there)')
    .action(async (user: string | undefined, options: ProgressOptions, self: Command) =>
      host.exit(await showProgress(host.contextOf(self), whoseOf(user, options), options)),
    );
  withExamples(progress, [
    ['cairn progress alice@example.com', 'a table of what was begun'],
    ['cairn progress alice@example.com --json', 'every achievement, for a script'],
    ['cairn progress --team platform', 'how far a team is with achievements of scope: team'],
  ]);

  const unlocks = program
    .command('unlocks')
    .description("a user's or a team's unlocks, newest first; without either, everybody's, oldest first")
    .argument('[user]', USER_DESCRIPTION, parseText)
    .option(TEAM_FLAG, TEAM_DESCRIPTION, parseText)
    .option('--limit <count>', 'so many at most', parseCount)
    .action(async (user: string | undefined, options: ListOptions & TeamOption, self: Command) =>
      host.exit(await showUnlocks(host.contextOf(self), whoseOf(user, options), options)),
    );
  withExamples(unlocks, [
    ['cairn unlocks alice@example.com --limit 10', 'the ten newest'],
    ['cairn unlocks --json', 'all there are, as one document'],
  ]);

  const xp = program
    .command('xp')
    .description("a user's XP, rank, and what it came from, newest first")
    .argument('<user>', USER_DESCRIPTION, parseText)
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

/** @throws UsageError where both are named */
function whoseOf(user: string | undefined, { team }: TeamOption): Whose {
  if (user !== undefined && team !== undefined) throw new UsageError('name a user or a --team, not both');
  if (team !== undefined) return { team };
  return user === undefined ? null : { user };
}

async function showProgress(context: CliContext, whose: Whose, { all }: ProgressOptions): Promise<ExitCode> {
  if (whose === null) throw new UsageError('name a user, or a team with --team');
  const client = await context.connect();
  const report = await client.progressReport(whose);
  const { items } = report;
  const name = 'team' in whose ? `team ${whose.team}` : whose.user;
  const kind = 'team' in whose ? ' of teams (scope: team)' : '';
  if (context.json) await context.output.json(report);
  else if (items.length === 0) context.output.note(`There are no achievements${kind} yet: publish some with \`cairn packs apply <file>\``);
  else await printProgress(context, items, { name, all: all ?? false, isKnown: report.known !== false });
  return EXIT.success;
}

async function printProgress(
  { output }: CliContext,
  items: readonly ProgressItem[],
  { name, all, isKnown }: { name: string; all: boolean; isKnown: boolean },
): Promise<void> {
  const begun = items.filter(isBegun);
  const shown = all ? items : begun;
  if (shown.length > 0) await output.lines(formatProgress(shown));
  if (begun.length === 0)
    output.note(
      isKnown ? `${printable(name)} has no progress yet.` : `No event of ${printable(name)} was ever seen: see how the name is written.`,
    );
  const hidden = items.length - shown.length;
  if (hidden > 0) output.note(`${formatNumber(hidden)} not begun: --all shows them`);
}

async function showUnlocks(context: CliContext, whose: Whose, { limit }: ListOptions): Promise<ExitCode> {
  const client = await context.connect();
  const unlocks = limited(client.unlocks(whose ?? {}), {
    limit: limit ?? Number.POSITIVE_INFINITY,
    // The document has no place for it, and a script must not take a part for the whole.
    onMore: (printed) => context.output.note(`cairn: ${countOf(printed, 'unlock')} printed, as --limit says; there are more`),
  });
  if (context.json) await writeItems(context, unlocks);
  else await printUnlocks(context, unlocks, { ofAll: whose === null });
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

/** The first so many items; looks one further, to say whether there are more. */
async function* limited<T>(
  items: AsyncIterable<T>,
  { limit, onMore }: { limit: number; onMore: (printed: number) => void },
): AsyncGenerator<T, void, undefined> {
  let count = 0;
  for await (const item of items) {
    if (count >= limit) {
      onMore(count);
      return;
    }
    yield item;
    count++;
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
  const parts = [entry.reason, entry.slug ?? entry.rule_id, entry.level, entry.period];
  const paidFor = parts.filter((part) => part !== null && part !== undefined && part !== '').join(' ');
  return [entry.occurred_at, amount, formatNumber(entry.total_after), printable(paidFor)];
}

async function showStatus(context: CliContext): Promise<ExitCode> {
  const client = await context.connect();
  const status = await client.status();
  if (context.json) {
    await context.output.json(status);
    return EXIT.success;
  }
  const notReady = await failingChecks(client.url);
  const lag =
    status.lag === 0 ? context.output.style('green', '0, all is evaluated') : context.output.style('yellow', formatNumber(status.lag));
  await context.output.lines(
    formatFields([
      ['server', client.url],
      ...notReady.map(([check, reason], i) => [i === 0 ? 'not ready' : '', `${printable(check)}: ${printable(reason)}`] as const),
      ['version', printable(status.version)],
      ['log', `sequence ${formatNumber(status.log.last_sequence)}`],
      ['evaluated', `sequence ${formatNumber(status.evaluated_sequence)}`],
      ['lag', lag],
      ['dead letters', formatNumber(status.dead_letters)],
      ['partitions', describePartitions(status)],
      ...describeBehind(status).map((text, i) => [i === 0 ? 'behind' : '', text] as const),
      ...((status.recounts ?? []).length === 0 ? [] : [['recounts', describeRecounts(status)] as const]),
      ...(status.nats_url === undefined ? [] : [['NATS', printable(status.nats_url)] as const]),
    ]),
  );
  return EXIT.success;
}

/** What new versions ask for, all partitions together. */
function describeRecounts({ recounts = [] }: ServerStatus): string {
  const slugs = new Set(recounts.flatMap((recount) => [...recount.slugs, ...recount.xp_rules]));
  const done = recounts.reduce((sum, { progress }) => sum + progress, 0) / recounts.length;
  const what = slugs.size === 0 ? '' : `${[...slugs].map(printable).join(', ')}: `;
  return `${what}${Math.floor(done * 100)} % of ${countOf(recounts.length, 'partition')} that are not done`;
}

/** Those that have most to do first. */
function describeBehind({ partitions, teams }: ServerStatus): string[] {
  const loops = partitions.map(({ partition, lag, owner }) => ({ name: `partition ${formatNumber(partition)}`, lag, owner }));
  if (teams !== undefined) loops.push({ name: 'teams', lag: teams.lag, owner: teams.owner });
  const behind = loops.filter(({ lag }) => lag > 0).sort((a, b) => b.lag - a.lag);
  return behind
    .slice(0, BEHIND_SHOWN_MAX)
    .map(({ name, lag, owner }) => `${name} by ${formatNumber(lag)}, ${printable(owner ?? 'nobody has it')}`);
}

/** A partition that nobody has is not evaluated. */
function describePartitions({ partitions }: ServerStatus): string {
  const orphans = partitions.filter(({ owner }) => owner === null);
  if (orphans.length === 0) return formatNumber(partitions.length);
  return `${formatNumber(partitions.length)}, without an evaluator: ${orphans.map(({ partition }) => partition).join(', ')}`;
}
