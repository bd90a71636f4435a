import type { Page } from './answers.js';
import { PAGE_ITEMS } from './limits.js';
import { type Call, pathOf, type Transport } from './transport.js';

/** What Cairn could not accept. */
export interface DeadLetter {
  id: number;
  at: string;
  code: string;
  /** What was wrong with this one. */
  reason: string;
  /** What the code means, and what to do about it. */
  meaning: string;
  advice: string;
  /** Where it came in. */
  subject: string;
  origin_sequence: number | null;
  /** null where that is not certain. */
  tenant_id: string | null;
  bytes: number;
  /** As much of it as a list shows. */
  head: string;
  /** How often it was redriven before, and came back. */
  redrives: number;
}

export interface DeadLetterDetail extends DeadLetter {
  /** Its place in an entry of the log, for one event of it. */
  origin_index: number | null;
  headers: Record<string, string[]> | null;
  /** `text` is null for what is no UTF-8. */
  body: { text: string | null; base64: string };
  /** The newest tries before this one, oldest first. */
  history: { id: number; at: string; code: string; reason: string; redriven_by: string }[];
  /** Why it cannot be redriven; null where it can. */
  not_redrivable: string | null;
}

export interface DeadLetterCode {
  code: string;
  letters: number;
  meaning: string;
  advice: string;
}

/** What became of a letter. */
export interface DeadLetterOutcome {
  id: number;
  result: 'redriven' | 'discarded' | 'not_found' | 'refused';
  /** Where a redrive put it. */
  subject?: string;
  sequence?: number;
  error?: { code: string; message: string };
}

/** Some letters, all of an error code, or all there are at the time of the call. */
export type DeadLetterChoice = { ids: readonly number[] } | { code: string } | { all: true };

interface CallOptions {
  signal?: AbortSignal;
}

/** As many as one call takes. */
const IDS_PER_CALL = 100;
const PATH = '/v1/admin/dead-letters';

/** Looks at dead letters, and takes them out: back through the doors that they came in by, or away for good. */
export class DeadLetters {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Oldest first. @param options.after only those behind this one */
  async *list(options: CallOptions & { code?: string; after?: number } = {}): AsyncGenerator<DeadLetter, void, undefined> {
    const { code, after, signal } = options;
    let cursor: string | undefined;
    do {
      const page = (await this.#get(PATH, { code, after, cursor, limit: PAGE_ITEMS }, signal)) as Page<DeadLetter>;
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** How many there are of each error code, of all tenants. */
  async codes(options: CallOptions = {}): Promise<DeadLetterCode[]> {
    return ((await this.#get(`${PATH}/codes`, {}, options.signal)) as Page<DeadLetterCode>).items;
  }

  async get(id: number, options: CallOptions = {}): Promise<DeadLetterDetail> {
    return (await this.#get(pathOf('v1', 'admin', 'dead-letters', String(id)), {}, options.signal)) as DeadLetterDetail;
  }

  /** What still cannot be accepted comes back as a new letter, which this does not wait for. */
  redrive(choice: DeadLetterChoice, options: CallOptions = {}): AsyncGenerator<DeadLetterOutcome, void, undefined> {
    return this.#takeOut('redrive', { choice, more: {}, ...options });
  }

  /** @param reason kept in the audit */
  discard(choice: DeadLetterChoice, reason: string, options: CallOptions = {}): AsyncGenerator<DeadLetterOutcome, void, undefined> {
    return this.#takeOut('discard', { choice, more: { reason }, ...options });
  }

  async *#takeOut(
    verb: 'redrive' | 'discard',
    of: CallOptions & { choice: DeadLetterChoice; more: object },
  ): AsyncGenerator<DeadLetterOutcome, void, undefined> {
    for (const choice of partsOf(of.choice)) {
      let cursor: string | undefined;
      do {
        const answer = (await this.#transport.json({
          method: 'POST',
          path: `${PATH}/${verb}`,
          body: { contentType: 'application/json', text: JSON.stringify({ ...choice, ...of.more, cursor }) },
          // What was taken out is not there any more; what is put back carries the same id within two minutes.
          idempotent: true,
          signal: of.signal,
        })) as Page<DeadLetterOutcome>;
        yield* answer.items;
        cursor = answer.next_cursor ?? undefined;
      } while (cursor !== undefined);
    }
  }

  async #get(path: string, query: NonNullable<Call['query']>, signal: AbortSignal | undefined): Promise<unknown> {
    return await this.#transport.json({ method: 'GET', path, query, idempotent: true, signal });
  }
}

function partsOf(choice: DeadLetterChoice): DeadLetterChoice[] {
  if (!('ids' in choice)) return [choice];
  const parts: DeadLetterChoice[] = [];
  for (let start = 0; start < choice.ids.length; start += IDS_PER_CALL) parts.push({ ids: choice.ids.slice(start, start + IDS_PER_CALL) });
  return parts;
}
