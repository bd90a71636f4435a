import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import type { CairnClient } from '@cairn/sdk';
import { describeFileError } from '../describeFileError.js';
import { CliError } from '../errors.js';
import { emptyTally, type ImportTally, PROBLEMS_TOLD_MAX, readTotal, tallySkipped } from '../sending/importTally.js';
import { sendInOrder } from '../sending/sendInOrder.js';
import { ImportProgress } from './importProgress.js';
import { type FileItem, type FilePosition, jsonlItems } from './jsonlItems.js';
import { LineOrder } from './lineOrder.js';
import { readPlaces } from './readPlaces.js';

export interface ImportJsonlOptions {
  path: string;
  /** Where an interrupted import is remembered; null: nowhere. */
  dataDirectory: string | null;
  /** Stop at the first line that is no event, or that the server does not take. */
  strict: boolean;
  /** They are told long after they happened. */
  backfill?: boolean;
  onProgress?: (done: number, total: number) => void;
  /** Called each time that the server holds them back. */
  onHeldBack?: () => void;
  signal?: AbortSignal;
}

export interface JsonlImport {
  /** Of the whole import, what was done before an interruption included. */
  tally: ImportTally;
  /** What had been read before the interruption that this import went on after; 0 where it began at the start. */
  readBefore: number;
}

/**
 * Sends the events of a file, one a line, in order of `occurred_at`. Sending it again changes nothing.
 * @throws CliError file_unreadable, unsorted_too_large, stopped_at_first_problem
 */
export async function importJsonl(client: CairnClient, options: ImportJsonlOptions): Promise<JsonlImport> {
  const path = await readableFile(options.path);
  const { size } = await stat(path);
  // Asked before anything is read: a server that cannot be reached is known at once.
  const { log } = await client.status();
  const progress =
    options.dataDirectory === null ? null : new ImportProgress({ dataDirectory: options.dataDirectory, path, url: client.url });
  const { position: from, tally } = (await progress?.resume(log.last_sequence)) ?? {
    position: { offset: 0, lines: 0 },
    tally: emptyTally(),
  };
  const { order, bad } = await learnOrder(path, { from, size }, options);
  const readBefore = readTotal(tally);
  const total = readBefore + order.count + readTotal(bad);
  if (!order.inOrder) addSkipped(tally, bad);
  const items: AsyncIterable<FileItem> = order.inOrder ? jsonlItems(path, { from, size }) : readPlaces(path, order.places());
  await sendInOrder(client, items, {
    tally,
    signal: options.signal,
    backfill: options.backfill,
    onHeldBack: options.onHeldBack,
    onSent: async (last) => {
      if (options.strict) throwAtProblem(tally);
      // Of a file that is sent in another order there is no one place up to which all is done.
      if (order.inOrder) await progress?.save({ offset: last.end, lines: last.line }, tally);
      options.onProgress?.(readTotal(tally), total);
    },
  });
  await progress?.clear();
  return { tally, readBefore };
}

/** Reads all of it once, and sends nothing: only then is it known in which order to send. */
async function learnOrder(
  path: string,
  part: { from: FilePosition; size: number },
  { strict, signal }: Pick<ImportJsonlOptions, 'strict' | 'signal'>,
): Promise<{ order: LineOrder; bad: ImportTally }> {
  const order = new LineOrder();
  const bad = emptyTally();
  for await (const item of jsonlItems(path, part)) {
    signal?.throwIfAborted();
    if ('text' in item) {
      order.add(item);
      continue;
    }
    tallySkipped(bad, item.skipped, { where: item.where, what: item.what });
    if (strict) throwAtProblem(bad);
  }
  return { order, bad };
}

function throwAtProblem(tally: ImportTally): void {
  const first = tally.problems[0];
  if (first !== undefined) throw new CliError('stopped_at_first_problem', `stopped (--strict) at ${first.where}: ${first.what}`);
}

/** Lines that are sent in another order than they stand in: those that are no events are counted at once. */
function addSkipped(tally: ImportTally, bad: ImportTally): void {
  for (const [reason, count] of Object.entries(bad.skipped)) tally.skipped[reason] = (tally.skipped[reason] ?? 0) + count;
  tally.problems.push(...bad.problems.slice(0, Math.max(0, PROBLEMS_TOLD_MAX - tally.problems.length)));
}

async function readableFile(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    await access(real, constants.R_OK);
    const found = await stat(real);
    if (found.isFile()) return real;
    if (found.isDirectory()) throw new CliError('file_unreadable', `${path} is a directory: name a file in it`);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError('file_unreadable', describeFileError(path, cause), { cause });
  }
  throw new CliError('file_unreadable', `${path} is not a file: use - to read from another program`);
}
