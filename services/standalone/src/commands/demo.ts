import { access } from 'node:fs/promises';
import {
  type CliContext,
  CliError,
  EXIT,
  type ExitCode,
  formatNumber,
  formatTable,
  isAlive,
  printable,
  readRuntimeFile,
  readTotal,
} from '@cairn/cli';
import { type CairnClient, createClient } from '@cairn/sdk';
import { importRepository, type RepositoryImport } from './importRepository.js';
import { publishPacks } from './publishPacks.js';
import { startServing } from './serveCommand.js';

/** What shells say of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

interface Totals {
  people: number;
  unlocks: number;
  xp: number;
}

/** Imports a repository with the git pack and says what its people unlocked. */
export async function demo(context: CliContext, path: string): Promise<ExitCode> {
  // Before any server is started for it.
  await access(path).catch((cause: unknown) => {
    throw new CliError('not_a_repository', `${path} does not exist`, { cause });
  });
  const { client, release } = await reachCairn(context);
  try {
    await publishPacks(client, ['git']);
    const before = await countUnlocks(client);
    const imported = await importRepository(context, client, path);
    const after = await countUnlocks(client);
    if (context.json) await context.output.json(documentOf(imported, before, after));
    else await printSummary(context, imported, { before, after });
    return imported.tally.rejected === 0 ? EXIT.success : EXIT.failure;
  } finally {
    await release();
  }
}

/** The one that runs on the data directory, or one of our own for as long as this takes. */
async function reachCairn(context: CliContext): Promise<{ client: CairnClient; release: () => Promise<void> }> {
  const running = await readRuntimeFile(context.config.dataDirectory);
  if (running !== null && isAlive(running.pid)) {
    context.output.note(`cairn: using the server at ${running.url}, which keeps what is imported`);
    const exit = () => process.exit(EXIT_INTERRUPTED);
    process.once('SIGINT', exit);
    return {
      client: createClient({ url: running.url, token: running.token, agent: 'cairn-demo' }),
      release: async () => {
        process.off('SIGINT', exit);
      },
    };
  }
  context.output.note('cairn: starting nats-server, PostgreSQL and all services …');
  const cairn = await startServing('all', { context, logLevel: 'warn' });
  const stop = () => {
    void cairn.stop().finally(() => process.exit(EXIT_INTERRUPTED));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return {
    client: createClient({ url: cairn.url, token: cairn.token, agent: 'cairn-demo' }),
    release: async () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      await cairn.stop();
    },
  };
}

async function countUnlocks(client: CairnClient): Promise<Totals> {
  const people = new Set<string>();
  let unlocks = 0;
  let xp = 0;
  for await (const unlock of client.unlocks()) {
    if (unlock.user_id !== null) people.add(unlock.user_id);
    unlocks++;
    xp += unlock.xp_reward;
  }
  return { people: people.size, unlocks, xp };
}

async function printSummary(
  { output }: CliContext,
  { repo, tally, seconds }: RepositoryImport,
  totals: { before: Totals; after: Totals },
): Promise<void> {
  const { before, after } = totals;
  const rate = seconds > 0 ? readTotal(tally) / seconds : 0;
  await output.line(
    output.style('bold', `${printable(repo)}: ${formatNumber(readTotal(tally))} commits and tags in ${seconds.toFixed(1)} s`),
  );
  const rows = [
    ['events accepted', formatNumber(tally.accepted), ''],
    ['events known already', formatNumber(tally.duplicates), ''],
    ['people with unlocks', formatNumber(after.people - before.people), formatNumber(after.people)],
    ['unlocks', formatNumber(after.unlocks - before.unlocks), formatNumber(after.unlocks)],
    ['XP from unlocks', formatNumber(after.xp - before.xp), formatNumber(after.xp)],
    ['events/s', formatNumber(Math.round(rate)), ''],
  ];
  await output.lines(formatTable([{ title: '' }, { title: 'this run', align: 'right' }, { title: 'in all', align: 'right' }], rows));
  for (const { where, what } of tally.problems) output.note(`  ${printable(where)}: ${printable(what)}`);
}

function documentOf({ repo, tally, seconds }: RepositoryImport, before: Totals, after: Totals): Record<string, unknown> {
  return {
    repo,
    read: readTotal(tally),
    accepted: tally.accepted,
    duplicates: tally.duplicates,
    rejected: tally.rejected,
    skipped: tally.skipped,
    seconds: Number(seconds.toFixed(3)),
    events_per_second: seconds > 0 ? Math.round(readTotal(tally) / seconds) : 0,
    people: after.people,
    unlocks: after.unlocks,
    unlocks_new: after.unlocks - before.unlocks,
    xp: after.xp,
    xp_new: after.xp - before.xp,
  };
}
