import type { CairnClient, DeadLetter, DeadLetterChoice, DeadLetterCode, DeadLetterOutcome } from '@cairn/sdk';
import { isCairnApiError } from '@cairn/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import type { CliContext } from '../cliContext.js';
import { EXIT, type ExitCode, UsageError } from '../errors.js';
import { formatDeadLetter, formatDeadLetters } from '../output/formatDeadLetter.js';
import { countOf, formatNumber } from '../output/numbers.js';
import { printable } from '../output/printable.js';
import { createProgressBar } from '../output/progressBar.js';
import { formatTable } from '../output/table.js';
import { type AddCommand, withExamples } from './cliHost.js';
import { parseText } from './parseText.js';

interface ListOptions {
  code?: string;
  limit?: number;
  codes?: boolean;
}

interface ChoiceOptions {
  code?: string;
  all?: boolean;
}

/** Letters that a person is shown unless asked for more. */
const LETTERS_SHOWN = 50;
/** Letters that were refused, or came back, of which each is told. */
const LETTERS_TOLD = 20;
const CODE_FLAG = '--code <code>';

export const addDlqCommands: AddCommand = (program, host) => {
  const group = program.command('dlq').description('dead letters: what could not be accepted');
  const ls = group
    .command('ls')
    .description('the letters, oldest first')
    .option(CODE_FLAG, 'those of this error code', parseText)
    .option('--limit <count>', `so many at most (default: ${LETTERS_SHOWN}, all with --json)`, parseNumber)
    .option('--codes', 'how many there are of each error code, of all tenants')
    .action(async (options: ListOptions, self: Command) => host.exit(await list(host.contextOf(self), options)));
  withExamples(ls, [
    ['cairn dlq ls --codes', 'what there is, at a glance'],
    ['cairn dlq ls --code invalid_event', 'those of one kind'],
  ]);
  const show = group
    .command('show')
    .description('one letter: what was wrong, what to do, and what was sent')
    .argument('<id>', 'its number, as `cairn dlq ls` lists it', parseNumber)
    .action(async (id: number, _options: unknown, self: Command) => host.exit(await showLetter(host.contextOf(self), id)));
  withExamples(show, [['cairn dlq show 42', 'JSON is laid out; --json has the bytes as they came']]);
  const redrive = group
    .command('redrive')
    .description('put letters back through the doors that they came in by')
    .argument('[ids...]', 'their numbers', parseNumbers)
    .option(CODE_FLAG, 'all of this error code', parseText)
    .option('--all', 'all of them')
    .option('--no-wait', 'do not wait to see which come back')
    .action(async (ids: number[], options: ChoiceOptions & { wait: boolean }, self: Command) =>
      host.exit(await runRedrive(host.contextOf(self), choiceOf(ids, options), options)),
    );
  withExamples(redrive, [
    ['cairn dlq redrive 42 43', 'what still cannot be accepted comes back as a new letter, with its history'],
    ['cairn dlq redrive --code tenant_forbidden', 'after what refused them has changed'],
  ]);
  const discard = group
    .command('discard')
    .description('remove letters for good; the audit keeps who did it and why')
    .argument('[ids...]', 'their numbers', parseNumbers)
    .option(CODE_FLAG, 'all of this error code', parseText)
    .option('--all', 'all of them')
    .requiredOption('--reason <text>', 'why; required', parseText)
    .action(async (ids: number[], options: ChoiceOptions & { reason: string }, self: Command) =>
      host.exit(await runDiscard(host.contextOf(self), choiceOf(ids, options), options.reason)),
    );
  withExamples(discard, [['cairn dlq discard 42 --reason "sent by a load test"', 'it cannot be undone']]);
};

function parseNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be an integer of at least 1.');
  return number;
}

function parseNumbers(text: string, before: number[] | undefined): number[] {
  return [...(before ?? []), parseNumber(text)];
}

/** @throws UsageError */
function choiceOf(ids: number[], { code, all }: ChoiceOptions): DeadLetterChoice {
  const given = [ids[0], code, all].filter((each) => each !== undefined).length;
  if (given !== 1) throw new UsageError('name letters by their ids, or all of a --code, or --all');
  if (ids.length > 0) return { ids };
  return code === undefined ? { all: true } : { code };
}

async function list(context: CliContext, { code, limit, codes }: ListOptions): Promise<ExitCode> {
  const { output, json } = context;
  const client = await context.connect();
  if (codes === true) {
    const items = await client.deadLetters.codes();
    if (json) await output.json({ items, next_cursor: null });
    else if (items.length === 0) output.note('No dead letters.');
    else await output.lines(formatCodes(items));
    return EXIT.success;
  }
  const limitMax = limit ?? (json ? Number.POSITIVE_INFINITY : LETTERS_SHOWN);
  const letters: DeadLetter[] = [];
  let more = false;
  for await (const letter of client.deadLetters.list(code === undefined ? {} : { code })) {
    more = letters.length >= limitMax;
    if (more) break;
    letters.push(letter);
  }
  if (json) await output.json({ items: letters, next_cursor: null });
  else if (letters.length === 0) output.note('No dead letters.');
  else await output.lines(formatDeadLetters(letters));
  if (more) output.note(`cairn: ${countOf(letters.length, 'letter')} printed; there are more: see --limit, --code and --codes`);
  return EXIT.success;
}

function formatCodes(items: readonly DeadLetterCode[]): string[] {
  const columns = [{ title: 'LETTERS', align: 'right' }, { title: 'CODE' }, { title: 'MEANING' }] as const;
  return formatTable(
    columns,
    items.map(({ code, letters, meaning }) => [formatNumber(letters), printable(code), printable(meaning)]),
  );
}

async function showLetter(context: CliContext, id: number): Promise<ExitCode> {
  const letter = await (await context.connect()).deadLetters.get(id);
  if (context.json) await context.output.json(letter);
  else await context.output.lines(formatDeadLetter(letter));
  return EXIT.success;
}

async function runRedrive(context: CliContext, choice: DeadLetterChoice, { wait }: { wait: boolean }): Promise<ExitCode> {
  const client = await context.connect();
  const signal = context.interruption();
  const taken = await takeOut(context, client, { choice, signal, outcomes: client.deadLetters.redrive(choice, { signal }) });
  const back = wait && !taken.isInterrupted ? await cameBack(client, taken.outcomes, signal) : [];
  if (context.json) await context.output.json({ items: taken.outcomes, came_back: back });
  else await reportRedrive(context, taken.outcomes, back);
  return isClean(taken) && back.length === 0 ? EXIT.success : EXIT.failure;
}

async function runDiscard(context: CliContext, choice: DeadLetterChoice, reason: string): Promise<ExitCode> {
  const client = await context.connect();
  const signal = context.interruption();
  const taken = await takeOut(context, client, { choice, signal, outcomes: client.deadLetters.discard(choice, reason, { signal }) });
  if (context.json) await context.output.json({ items: taken.outcomes });
  else await context.output.line(`${countOf(numberOf(taken.outcomes, 'discarded'), 'letter')} discarded`);
  tellFailures(context, taken.outcomes);
  return isClean(taken) ? EXIT.success : EXIT.failure;
}

interface TakenOut {
  outcomes: DeadLetterOutcome[];
  isInterrupted: boolean;
}

/** With a bar. Interrupted, what is done is done. */
async function takeOut(
  { output }: CliContext,
  client: CairnClient,
  of: { choice: DeadLetterChoice; signal: AbortSignal; outcomes: AsyncIterable<DeadLetterOutcome> },
): Promise<TakenOut> {
  const bar = createProgressBar(output, 'letters');
  const total = output.isTTY.stderr ? await expected(client, of.choice) : 0;
  const outcomes: DeadLetterOutcome[] = [];
  try {
    for await (const outcome of of.outcomes) {
      outcomes.push(outcome);
      bar.update(outcomes.length, Math.max(total, outcomes.length));
    }
    return { outcomes, isInterrupted: false };
  } catch (error) {
    if (!of.signal.aborted) throw error;
    bar.stop();
    output.note('cairn: stopped. What is done is done; the same call does the rest');
    return { outcomes, isInterrupted: true };
  } finally {
    bar.stop();
  }
}

/** How many letters are meant; 0 where that cannot be told. */
async function expected(client: CairnClient, choice: DeadLetterChoice): Promise<number> {
  if ('ids' in choice) return choice.ids.length;
  try {
    const codes = await client.deadLetters.codes();
    return codes.filter(({ code }) => 'all' in choice || code === choice.code).reduce((sum, { letters }) => sum + letters, 0);
  } catch (error) {
    // Only operators may count what belongs to all tenants.
    if (isCairnApiError(error) && error.status === 403) return 0;
    throw error;
  }
}

/** Letters that were made of those that were redriven, as soon as all is evaluated. */
async function cameBack(client: CairnClient, outcomes: readonly DeadLetterOutcome[], signal: AbortSignal): Promise<DeadLetter[]> {
  const redriven = new Set(outcomes.filter(({ result }) => result === 'redriven').map(({ id }) => id));
  if (redriven.size === 0) return [];
  await client.waitUntilEvaluated({ signal });
  const back: DeadLetter[] = [];
  for await (const letter of client.deadLetters.list({ after: Math.max(...redriven), signal })) if (letter.redrives > 0) back.push(letter);
  return back;
}

async function reportRedrive(context: CliContext, outcomes: readonly DeadLetterOutcome[], back: readonly DeadLetter[]): Promise<void> {
  const { output } = context;
  await output.line(`${countOf(numberOf(outcomes, 'redriven'), 'letter')} redriven`);
  tellFailures(context, outcomes);
  if (back.length === 0) return;
  output.note(`cairn: ${formatNumber(back.length)} came back, or others that were redriven before:`);
  for (const { id, code, reason } of back.slice(0, LETTERS_TOLD)) output.note(`  letter ${id}: ${printable(reason)} (${code})`);
}

function tellFailures({ output }: CliContext, outcomes: readonly DeadLetterOutcome[]): void {
  const failed = outcomes.filter(({ result }) => result === 'refused' || result === 'not_found');
  for (const { id, error } of failed.slice(0, LETTERS_TOLD)) {
    output.note(`cairn: letter ${id} ${error === undefined ? 'is not there' : `stays: ${printable(error.message)}`}`);
  }
  if (failed.length > LETTERS_TOLD) output.note(`cairn: and ${formatNumber(failed.length - LETTERS_TOLD)} more`);
}

function isClean({ outcomes, isInterrupted }: TakenOut): boolean {
  return !isInterrupted && outcomes.every(({ result }) => result === 'redriven' || result === 'discarded');
}

function numberOf(outcomes: readonly DeadLetterOutcome[], wanted: DeadLetterOutcome['result']): number {
  return outcomes.filter(({ result }) => result === wanted).length;
}
