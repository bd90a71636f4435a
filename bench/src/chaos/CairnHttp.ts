import { setTimeout as delay } from 'node:timers/promises';

export interface BatchResult {
  index: number;
  event_id: string;
  status: 'accepted' | 'duplicate' | 'rejected' | 'conflict';
}

export interface Status {
  lag: number;
  evaluated_sequence: number;
  log: { last_sequence: number };
  dead_letters: number;
}

interface UnlockPage {
  items: { unlock_id: string; tenant_id: string }[];
  next_cursor: string | null;
}

const PAGE_ITEMS = 200;
const RETRY_MS = 200;
const RETRIES_MAX = 300;

/** The HTTP calls that the checker needs, with fetch alone; while a server is away it asks again. */
export class CairnHttp {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async publishPack(pack: { pack: string }): Promise<void> {
    await this.#call('PUT', `/v1/admin/packs/${pack.pack}`, pack);
  }

  async send(events: readonly unknown[]): Promise<BatchResult[]> {
    return ((await this.#call('POST', '/v1/events', events)) as { results: BatchResult[] }).results;
  }

  async status(): Promise<Status> {
    return (await this.#call('GET', '/v1/status')) as Status;
  }

  async progress(userId: string): Promise<{ items: { slug: string; value: number }[] }> {
    return (await this.#call('GET', `/v1/users/${encodeURIComponent(userId)}/progress`)) as { items: { slug: string; value: number }[] };
  }

  /** All unlocks of the tenant, oldest first. */
  async *unlocks(): AsyncGenerator<{ unlock_id: string; tenant_id: string }> {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = (await this.#call('GET', `/v1/unlocks?limit=${PAGE_ITEMS}${from}`)) as UnlockPage;
      yield* page.items;
      cursor = page.next_cursor;
    }
  }

  /** Resolves when the condition on the status holds. */
  async until(condition: (status: Status) => boolean, msMax: number): Promise<Status> {
    const deadline = Date.now() + msMax;
    for (;;) {
      const status = await this.status();
      if (condition(status)) return status;
      if (Date.now() > deadline) throw new Error(`the condition did not hold within ${msMax} ms: ${JSON.stringify(status)}`);
      await delay(50);
    }
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(method, path, body);
      if (answer.ok) return answer.body;
      if (!answer.again || attempt >= RETRIES_MAX) throw new Error(`${method} ${path}: ${answer.why}`);
      await delay(RETRY_MS);
    }
  }

  async #try(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ ok: true; body: unknown } | { ok: false; again: boolean; why: string }> {
    try {
      const response = await fetch(this.#url + path, {
        method,
        headers: { Authorization: `Bearer ${this.#token}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return { ok: true, body: JSON.parse(text) as unknown };
      return {
        ok: false,
        again: response.status === 429 || response.status === 503 || response.status >= 500,
        why: `${response.status} ${text}`,
      };
    } catch (error) {
      return { ok: false, again: true, why: String(error) };
    }
  }
}
