import type { Erasure } from '@cairn/sdk';
import type { Command } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { countOf, formatNumber } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { createProgressBar } from '../output/progressBar.js';
import { formatTable } from '../output/table.js';
import { type CliHost, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

interface EraseOptions {
  reason: string;
  yes?: boolean;
  wait: boolean;
}

/** Of the step at hand, for a bar. */
const PARTS = 1_000;

/** Added to `cairn users`. */
export function addErasureCommands(users: Command, host: CliHost): void {
  const erase: Command = users
    .command('erase')
    .description('take everything that names a user from wherever it is, but archives; for good')
    .argument('<user>', 'any id that leads to them', parseText)
    .requiredOption('--reason <text>', 'why; kept in the audit for good, so name nobody', parseText)
    .option('--yes', 'that it cannot be taken back is known')
    .option('--no-wait', 'do not wait until it is done')
    .action(async (user: string, options: EraseOptions) => host.exit(await runErase(host.contextOf(erase), user, options)));
  withExamples(erase, [
    ['cairn users erase ada --reason "asked for on 12 April" --yes', 'all that there is of her'],
    ['cairn archive erase /backup/cairn --user ada', 'and then what archives hold'],
  ]);

  const erasures: Command = users
    .command('erasures')
    .description('erasures, newest first, and how far they are; nobody is named')
    .action(async () => host.exit(await list(host.contextOf(erasures))));
}

async function runErase(context: CliContext, user: string, { reason, yes, wait }: EraseOptions): Promise<ExitCode> {
  if (yes !== true) throw new UsageError(`nothing that is erased of ${printable(user)} can be brought back: say so with --yes`);
  const signal = context.interruption();
  const client = await context.connect();
  const begun = await client.eraseUser(user, reason, { signal });
  const { output } = context;
  if (!wait) {
    if (context.json) await output.json(begun);
    else await output.line(`Begun: ${begun.erasure_id}. See \`cairn users erasures\`.`);
    return EXIT.success;
  }
  const bar = createProgressBar(output, 'Erasing');
  const told = (at: Erasure): void => {
    if (at.waits_for === null) bar.update(Math.floor(at.progress * PARTS), PARTS);
    else bar.hold(`it waits for ${at.waits_for}`);
  };
  const done = await client.waitUntilErased(begun.erasure_id, { onProgress: told, signal }).finally(() => bar.stop());
  if (context.json) await output.json(done);
  else await output.line(sentenceOf(done));
  output.note('cairn: archives are files of yours: `cairn archive erase` takes the user out of them');
  return EXIT.success;
}

function sentenceOf({ entries, messages, dead_letters: letters }: Erasure): string {
  const erased = [`${countOf(entries, 'place')} of the log`, countOf(messages, 'message'), countOf(letters, 'dead letter')];
  return `Erased: ${erased.join(', ')}.`;
}

async function list(context: CliContext): Promise<ExitCode> {
  const client = await context.connect();
  const items: Erasure[] = [];
  for await (const erasure of client.erasures()) items.push(erasure);
  if (context.json) {
    await context.output.json({ items });
    return EXIT.success;
  }
  const columns = [{ title: 'ERASURE' }, { title: 'REQUESTED' }, { title: 'STATUS' }, { title: 'ENTRIES', align: 'right' as const }];
  const rows = items.map((item) => [item.erasure_id, item.requested_at, statusOf(item), formatNumber(item.entries)]);
  for (const line of formatTable(columns, rows)) await context.output.line(line);
  return EXIT.success;
}

function statusOf({ status, step, waits_for: waitsFor }: Erasure): string {
  if (status === 'done') return status;
  return waitsFor === null ? step : `${step}: waits for ${printable(waitsFor)}`;
}
