import type { CairnClient } from '@cairn/sdk';
import { type ImportTally, tallyResult, tallySkipped } from './importTally.js';

/** Of one request: its answer is awaited before the next one goes out, so that the order is kept. */
const SEND_BATCH_EVENTS = 1000;
const SEND_BATCH_CHARACTERS = 2 * 1024 * 1024;

/** An event on its way to the server, as JSON. */
export interface OutgoingEvent {
  text: string;
  /** What a person would look for if it is refused: `line 17`, `commit 1a2b3c`. */
  where: string;
}

/** Something that was read and cannot be an event: counted in its place, and told. */
export interface SkippedItem {
  skipped: string;
  where: string;
  what: string;
}

export type ImportItem = OutgoingEvent | SkippedItem;

export interface SendOptions<T extends ImportItem> {
  tally: ImportTally;
  signal?: AbortSignal | undefined;
  /** The events are told long after they happened. */
  backfill?: boolean | undefined;
  /** Called each time that the server holds them back. */
  onHeldBack?: (() => void) | undefined;
  /** After each answer, with the last item that it covers: everything up to it is durable, or told as a problem. */
  onSent?: (last: T) => void | Promise<void>;
}

/** Sends events in the order in which they come; while one request is on its way, the next one is put together. */
export async function sendInOrder<T extends ImportItem>(
  client: CairnClient,
  items: AsyncIterable<T>,
  options: SendOptions<T>,
): Promise<void> {
  let underway: Promise<void> = Promise.resolve();
  try {
    for await (const batch of gather(items)) {
      await underway;
      underway = send(client, batch, options);
      // Nothing is lost here: the promise itself is awaited above or below, and its error thrown there. Until then it may reject
      // while the next batch is read, which Node would take for an error that nobody handles, and end the process.
      void Promise.allSettled([underway]);
    }
  } finally {
    // Where reading failed as well, this is the error that is thrown: it concerns what comes first in the order.
    await underway;
  }
}

async function send<T extends ImportItem>(client: CairnClient, batch: readonly T[], options: SendOptions<T>): Promise<void> {
  const events: OutgoingEvent[] = [];
  for (const item of batch) {
    if ('text' in item) events.push(item);
    else tallySkipped(options.tally, item.skipped, { where: item.where, what: item.what });
  }
  const { signal, backfill = false, onHeldBack } = options;
  const results = await client.sendEncodedEvents(
    events.map((event) => event.text),
    { backfill, ...(signal === undefined ? {} : { signal }), ...(onHeldBack === undefined ? {} : { onHeldBack }) },
  );
  for (const result of results) tallyResult(options.tally, result, events[result.index]?.where ?? `event ${result.index}`);
  const last = batch.at(-1);
  if (last !== undefined) await options.onSent?.(last);
}

async function* gather<T extends ImportItem>(items: AsyncIterable<T>): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = [];
  let characters = 0;
  for await (const item of items) {
    batch.push(item);
    characters += 'text' in item ? item.text.length : 0;
    if (batch.length < SEND_BATCH_EVENTS && characters < SEND_BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
