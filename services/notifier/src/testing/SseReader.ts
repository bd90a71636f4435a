/** One dispatched server-sent event. */
export interface ReadEvent {
  name: string;
  id: number | null;
  data: unknown;
}

interface Waiter {
  isMet: (events: readonly ReadEvent[]) => boolean;
  resolve: () => void;
  reject: (error: Error) => void;
}

const WAIT_MS_MAX = 20_000;

/** Reads an event stream as a browser does, and lets a test wait for what it expects. */
export class SseReader {
  readonly events: ReadEvent[] = [];
  readonly response: Response;
  /** What a browser would send as `Last-Event-ID`. */
  lastEventId: string | null = null;
  isEnded = false;
  readonly #abort: AbortController;
  readonly #waiters = new Set<Waiter>();

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    void this.#read();
  }

  static async open(url: string, options: { token: string; lastEventId?: string | null }): Promise<SseReader> {
    const abort = new AbortController();
    const resume = options.lastEventId === undefined || options.lastEventId === null ? {} : { 'Last-Event-ID': options.lastEventId };
    const response = await fetch(url, { headers: { Authorization: `Bearer ${options.token}`, ...resume }, signal: abort.signal });
    return new SseReader(response, abort);
  }

  /** The same, and waits until the tail is live. */
  static async openReady(url: string, options: { token: string; lastEventId?: string | null }): Promise<SseReader> {
    const reader = await SseReader.open(url, options);
    await reader.waitFor((events) => events.some(({ name }) => name === 'ready'));
    return reader;
  }

  named(name: string): ReadEvent[] {
    return this.events.filter((event) => event.name === name);
  }

  waitFor(isMet: (events: readonly ReadEvent[]) => boolean): Promise<void> {
    if (isMet(this.events)) return Promise.resolve();
    if (this.isEnded) return Promise.reject(new Error(`the stream ended after ${this.events.length} events`));
    return new Promise((resolve, reject) => {
      const waiter = { isMet, resolve, reject };
      this.#waiters.add(waiter);
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`not met by these ${this.events.length} events: ${JSON.stringify(this.events.slice(-3))}`));
      }, WAIT_MS_MAX);
      timer.unref();
    });
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#dispatch(block);
        this.#check();
      }
    } catch {
      // Cut off, by the server or by the test itself: `isEnded` says so.
    }
    this.isEnded = true;
    this.#check();
  }

  #dispatch(block: string): void {
    const fields = block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
    const valuesOf = (field: string) => fields.filter(([name]) => name === field).map(([, value]) => value);
    const id = valuesOf('id')[0] ?? null;
    if (id !== null) this.lastEventId = id;
    const data = valuesOf('data');
    if (data.length === 0) return;
    this.events.push({ name: valuesOf('event')[0] ?? 'message', id: id === null ? null : Number(id), data: JSON.parse(data.join('\n')) });
  }

  #check(): void {
    for (const waiter of this.#waiters) {
      if (waiter.isMet(this.events)) waiter.resolve();
      else if (this.isEnded) waiter.reject(new Error(`the stream ended after ${this.events.length} events`));
      else continue;
      this.#waiters.delete(waiter);
    }
  }
}
