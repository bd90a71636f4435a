import { type EvaluationBatch, ORDINALS_PER_EVENT, type RecountChange, type RecountRow } from '@cairn/store';
import type { RecountStore } from '../recount/RecountStore.js';

/** The rows beside, and what may go wrong in looking at them. */
interface Rows {
  readonly unlocks: ReadonlyMap<string, EvaluationBatch['unlocks'][number]>;
  readonly xp: ReadonlyMap<string, EvaluationBatch['xp'][number]>;
  readonly states: ReadonlyMap<string, Uint8Array>;
  readonly userKeys: ReadonlyMap<string, number>;
  interfere(call: 'read', when: 'before'): Promise<void>;
}

/** What is pending, and what recounts ask of the rows of a store in memory. */
export class MemoryRecounts implements RecountStore {
  readonly rows = new Map<string, RecountRow>();
  readonly #store: Rows;

  constructor(store: Rows) {
    this.#store = store;
  }

  apply(changes: readonly RecountChange[]): void {
    for (const { change, row } of changes) {
      const key = `${row.tenantKey}:${row.logSeq}:${row.kind}`;
      if (change === 'end') this.rows.delete(key);
      else if (change === 'move' || !this.rows.has(key)) this.rows.set(key, row);
    }
  }

  async pending(): Promise<RecountRow[]> {
    await this.#store.interfere('read', 'before');
    return [...this.rows.values()].sort((a, b) => a.logSeq - b.logSeq);
  }

  async hasUsers(): Promise<boolean> {
    await this.#store.interfere('read', 'before');
    return this.#store.userKeys.size > 0;
  }

  async noteRead(): Promise<void> {
    await this.#store.interfere('read', 'before');
  }

  async userKeys(page: { after: number; limit: number }): Promise<{ userKey: number; userId: string }[]> {
    await this.#store.interfere('read', 'before');
    return [...this.#store.userKeys]
      .map(([userId, userKey]) => ({ userId, userKey }))
      .filter(({ userKey }) => userKey > page.after && this.#store.states.has(`1:${userKey}`))
      .sort((a, b) => a.userKey - b.userKey)
      .slice(0, page.limit);
  }

  async livedSince(of: { userKeys: readonly number[]; since: number }): ReturnType<RecountStore['livedSince']> {
    await this.#store.interfere('read', 'before');
    const isMeant = (row: { userKey: number; logSeq: number }): boolean => of.userKeys.includes(row.userKey) && row.logSeq >= of.since;
    return {
      unlocks: inLogOrder([...this.#store.unlocks.values()].filter(isMeant)).map((row) => ({ ...row, at: row.unlockedAt })),
      entries: inLogOrder([...this.#store.xp.values()].filter(isMeant)).map((row) => ({
        ...row,
        entryId: String(row.entryId),
        at: row.occurredAt,
      })),
    };
  }

  async firstUnlocks(of: {
    userKeys: readonly number[];
    slugs: readonly string[];
    before: number;
  }): ReturnType<RecountStore['firstUnlocks']> {
    await this.#store.interfere('read', 'before');
    const rows = inLogOrder([...this.#store.unlocks.values()].filter((row) => row.logSeq < of.before && of.slugs.includes(row.slug)));
    return of.userKeys.flatMap((userKey) =>
      of.slugs.flatMap((slug) => {
        const first = rows.find((row) => row.userKey === userKey && row.slug === slug);
        return first === undefined ? [] : [{ ...first, at: first.unlockedAt }];
      }),
    );
  }

  async xpReached(of: {
    userKeys: readonly number[];
    thresholds: readonly number[];
    before: number;
  }): ReturnType<RecountStore['xpReached']> {
    await this.#store.interfere('read', 'before');
    const rows = inLogOrder([...this.#store.xp.values()].filter((row) => row.logSeq < of.before));
    return of.userKeys.flatMap((userKey) => {
      const ledger = rows.filter((row) => row.userKey === userKey);
      const ends = ledger.filter((row, i) => ledger[i + 1]?.sequence !== row.sequence || ledger[i + 1]?.causedBy !== row.causedBy);
      return of.thresholds.flatMap((threshold) => {
        const first = ends.find((row) => row.totalAfter >= threshold);
        return first === undefined ? [] : [{ ...first, threshold, total: first.totalAfter, at: first.occurredAt }];
      });
    });
  }

  async existingXpEntries(of: { entryIds: readonly string[] }): Promise<string[]> {
    await this.#store.interfere('read', 'before');
    return of.entryIds.filter((entryId) => this.#store.xp.has(entryId));
  }
}

function inLogOrder<Row extends { logSeq: number; ordinal: number; causedBy: string }>(rows: readonly Row[]) {
  return [...rows]
    .sort((a, b) => a.logSeq - b.logSeq || a.ordinal - b.ordinal)
    .map((row) => ({ ...row, sequence: row.logSeq, index: Math.floor(row.ordinal / ORDINALS_PER_EVENT), cause: row.causedBy }));
}
