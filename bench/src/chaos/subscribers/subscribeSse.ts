import { setTimeout as delay } from 'node:timers/promises';
import type { TenantId } from '../plan/EventPlan.js';
import type { ChaosWorld } from '../world/ChaosWorld.js';
import { Received } from './Received.js';

const PAUSE_MS = 250;
/** The server says something every fifteen seconds; one that says nothing for longer is left. */
const SILENCE_MS_MAX = 35_000;

/** The event stream of a whole tenant, resumed with the last id whenever it breaks, until it is told to stop. */
export function subscribeSse(of: { world: ChaosWorld; tenant: TenantId; stop: AbortSignal }): { received: Received; ended: Promise<void> } {
  const reader = new Reader(of);
  return { received: reader.received, ended: reader.follow() };
}

class Reader {
  readonly received = new Received();
  readonly #world: ChaosWorld;
  readonly #tenant: TenantId;
  readonly #stop: AbortSignal;
  #lastId: number | null = null;

  constructor({ world, tenant, stop }: { world: ChaosWorld; tenant: TenantId; stop: AbortSignal }) {
    this.#world = world;
    this.#tenant = tenant;
    this.#stop = stop;
  }

  async follow(): Promise<void> {
    while (!this.#stop.aborted) {
      try {
        await this.#read();
      } catch {
        // The notifier is away or was cut off: a reader comes back with the id that it saw last.
      }
      this.received.reconnects++;
      await delay(PAUSE_MS);
    }
  }

  async #read(): Promise<void> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
    const [url = ''] = this.#world.urlsOf('notifier');
    try {
      const response = await fetch(`${url}/v1/stream`, {
        headers: {
          authorization: `Bearer ${this.#world.tokenOf(this.#tenant)}`,
          ...(this.#lastId === null ? {} : { 'last-event-id': String(this.#lastId) }),
        },
        signal: AbortSignal.any([this.#stop, silence.signal]),
      });
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        return;
      }
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of response.body) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.#take(block);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take(block: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const [id, kind, data] = [field('id'), field('event'), field('data')];
    if (kind === 'reset') this.received.violate(`the reader of ${this.#tenant} was told to begin anew: ${data ?? ''}`);
    if ((kind === 'unlock' || kind === 'revoke') && data !== undefined) {
      const message = JSON.parse(data) as { unlock_id: string; tenant_id: string };
      this.received.expectTenant(message, this.#tenant);
      this.received.take(kind, message);
      if (this.#lastId !== null && Number(id) <= this.#lastId)
        this.received.violate(`the reader of ${this.#tenant} got ${id ?? 'no id'} after ${String(this.#lastId)}`);
    }
    if (id !== undefined) this.#lastId = Number(id);
  }
}
