import { Catalogue, type EngineEvent } from '@cairn/engine';
import type { Principal } from '@cairn/runtime';
import { describe, expect, it } from 'vitest';
import { PREVIEWS_MAX } from '../../limits.js';
import type { HistoryChunk, HistoryQuery } from '../../log/TenantHistory.js';
import { TEST_PACK } from '../../testing/packs.js';
import { readPack } from '../packs/readPack.js';
import { Previewer } from './Previewer.js';

const NOW = Date.UTC(2026, 3, 12);
const { pack } = readPack(Buffer.from(TEST_PACK), 'application/yaml');

function build(userId: string, sequence: number): EngineEvent {
  return {
    eventId: `e${sequence}`,
    type: 'build.succeeded',
    tenantId: 'default',
    userId,
    teamId: null,
    source: { platform: 'other', app: null, ref: null, sdk: null, sdkVersion: null },
    occurredAt: NOW + sequence,
    receivedAt: NOW + sequence,
    clockSkewed: false,
    backfill: false,
    schemaVersion: 1,
    propertiesJson: '{}',
    sequence,
    index: 0,
  };
}

/** A history that goes on when it is told to. */
class SteppedHistory {
  readonly asked: HistoryQuery[] = [];
  readonly #gates: (() => void)[] = [];

  async *read(query: HistoryQuery): AsyncGenerator<HistoryChunk, void, undefined> {
    this.asked.push(query);
    for (let read = 1; read <= 3 && !query.signal.aborted; read++) {
      await new Promise<void>((resolve) => {
        this.#gates.push(resolve);
        query.signal.addEventListener('abort', () => resolve());
      });
      if (query.signal.aborted) return;
      yield { events: [build('ann', read)], read, of: 3 };
    }
  }

  /** Lets a chunk through, once one is waited for. */
  async step(): Promise<void> {
    while (this.#gates.length === 0) await Promise.resolve();
    this.#gates.shift()?.();
  }
}

function setUp() {
  const history = new SteppedHistory();
  const previewer = new Previewer({
    catalogues: { get: () => Promise.resolve(Catalogue.empty()) },
    history,
    states: () => Promise.resolve([]),
    now: () => NOW,
  });
  const begin = (tenantKey: number, options: { since?: number; signal?: AbortSignal } = {}) => {
    const tenant: Principal = { tenantId: `t${tenantKey}`, tenantKey, name: 'somebody', scopes: new Set() };
    return previewer.begin({ tenant, pack, since: options.since ?? null, signal: options.signal ?? new AbortController().signal });
  };
  return { history, previewer, begin };
}

describe('previews', () => {
  it('tell how far they are, and give their turn back', async () => {
    const { history, begin } = setUp();
    const told: object[] = [];
    const running = (await begin(1)).run((progress) => told.push(progress));
    await expect(begin(1)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 5 });
    for (let i = 0; i < 3; i++) await history.step();
    expect(await running).toMatchObject({ events: 3, users: { seen: 1 } });
    expect(told).toEqual([
      { read: 1, of: 3 },
      { read: 2, of: 3 },
      { read: 3, of: 3 },
    ]);
    await begin(1);
  });

  it('are few at once, whosoever they are', async () => {
    const { begin } = setUp();
    for (let tenantKey = 1; tenantKey <= PREVIEWS_MAX; tenantKey++) await begin(tenantKey);
    await expect(begin(PREVIEWS_MAX + 1)).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('end when nobody waits for them, and when the service stops', async () => {
    const { history, previewer, begin } = setUp();
    const gone = new AbortController();
    const left = (await begin(1, { signal: gone.signal })).run(() => undefined);
    await history.step();
    gone.abort();
    expect(await left).toBeNull();
    const stopped = (await begin(1)).run(() => undefined);
    previewer.stop();
    expect(await stopped).toBeNull();
    await begin(1);
  });

  it('read a little more than they fold, to know which types are alive', async () => {
    const { history, begin } = setUp();
    const day = 86_400_000;
    for (const [tenantKey, since] of [
      [1, NOW - day],
      [2, NOW - 90 * day],
    ] as const)
      void (await begin(tenantKey, { since })).run(() => undefined);
    await history.step();
    await history.step();
    expect(history.asked.map(({ from }) => from)).toEqual([NOW - 30 * day - 3_600_000, NOW - 90 * day - 3_600_000]);
  });
});
