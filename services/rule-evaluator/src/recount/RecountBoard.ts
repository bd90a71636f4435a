import { affectedBy, type Catalogue, withoutPending } from '@cairn/engine';
import { isRecountPending, type RecountRow } from '@cairn/store';
import type { TenantContext } from '../partition/TenantCatalogues.js';

interface TenantBoard {
  /** In log order: one is done after the other. */
  recounts: RecountRow[];
  rechecks: RecountRow[];
  /** Users of the slice at hand, of the first recount, to whom it was done. */
  merged: Set<string>;
  /** By how many of the recounts are done; for the catalogue of the tenant that they were made from. */
  catalogues: Map<number, Catalogue>;
  madeFrom: Catalogue | null;
}

const NONE: readonly RecountRow[] = [];

/** What is pending in one partition, and what holds for whom while it is. As committed: a change goes up once it is. */
export class RecountBoard {
  readonly #tenants = new Map<number, TenantBoard>();

  load(rows: readonly RecountRow[]): void {
    this.#tenants.clear();
    for (const row of rows) this.begin(row);
  }

  get isEmpty(): boolean {
    return this.#tenants.size === 0;
  }

  /** The recount to be done next. */
  nextRecount(): RecountRow | null {
    return first([...this.#tenants.values()].flatMap(({ recounts }) => recounts.slice(0, 1)));
  }

  nextRecheck(): RecountRow | null {
    return first([...this.#tenants.values()].flatMap(({ rechecks }) => rechecks.slice(0, 1)));
  }

  recountsOf(tenantKey: number): readonly RecountRow[] {
    return this.#tenants.get(tenantKey)?.recounts ?? [];
  }

  /** Those that a user of this key still waits for. */
  rechecksFor(tenantKey: number, userKey: number): readonly RecountRow[] {
    const rechecks = this.#tenants.get(tenantKey)?.rechecks;
    return rechecks === undefined || rechecks.length === 0 ? NONE : rechecks.filter(({ scannedKey }) => userKey > scannedKey);
  }

  /** By which the live events of a user are folded: without what a recount will count of them. */
  catalogueFor(tenant: TenantContext, userId: string): Catalogue {
    const board = this.#tenants.get(tenant.tenantKey);
    if (board === undefined || board.recounts.length === 0) return tenant.catalogue;
    const done = this.#isFirstPending(board, userId) ? 0 : 1;
    if (done >= board.recounts.length) return tenant.catalogue;
    if (board.madeFrom !== tenant.catalogue) board.catalogues.clear();
    board.madeFrom = tenant.catalogue;
    let catalogue = board.catalogues.get(done);
    if (catalogue === undefined) board.catalogues.set(done, (catalogue = withoutPending(tenant.catalogue, board.recounts.slice(done))));
    return catalogue;
  }

  /** Whether what is done to an achievement by hand has to wait for a recount that may unlock it. */
  isPending(tenant: TenantContext, userId: string, slug: string): boolean {
    const board = this.#tenants.get(tenant.tenantKey);
    if (board === undefined) return false;
    const pending = board.recounts.slice(this.#isFirstPending(board, userId) ? 0 : 1);
    return pending.some((recount) => affectedBy(tenant.catalogue, recount).has(slug));
  }

  isMerged(tenantKey: number, userId: string): boolean {
    const board = this.#tenants.get(tenantKey);
    return board === undefined || !this.#isFirstPending(board, userId);
  }

  noteMerged(tenantKey: number, userIds: Iterable<string>): void {
    const merged = this.#tenants.get(tenantKey)?.merged;
    for (const userId of userIds) merged?.add(userId);
  }

  begin(row: RecountRow): void {
    const board = this.#boardOf(row.tenantKey);
    const rows = row.kind === 'recount' ? board.recounts : board.rechecks;
    if (rows.some(({ logSeq }) => logSeq === row.logSeq)) return;
    rows.push(row);
    rows.sort((a, b) => a.logSeq - b.logSeq);
    board.catalogues.clear();
  }

  move(row: RecountRow): void {
    const board = this.#boardOf(row.tenantKey);
    const rows = row.kind === 'recount' ? board.recounts : board.rechecks;
    const at = rows.findIndex(({ logSeq }) => logSeq === row.logSeq);
    if (rows[at]?.slicesDone !== row.slicesDone) board.merged.clear();
    if (at >= 0) rows[at] = row;
  }

  end(row: RecountRow): void {
    const board = this.#boardOf(row.tenantKey);
    const others = ({ logSeq }: RecountRow): boolean => logSeq !== row.logSeq;
    if (row.kind === 'recount') {
      board.recounts = board.recounts.filter(others);
      board.merged.clear();
      board.catalogues.clear();
    } else board.rechecks = board.rechecks.filter(others);
    if (board.recounts.length + board.rechecks.length === 0) this.#tenants.delete(row.tenantKey);
  }

  #isFirstPending({ recounts, merged }: TenantBoard, userId: string): boolean {
    const [current] = recounts;
    return current !== undefined && isRecountPending(current, userId) && !merged.has(userId);
  }

  #boardOf(tenantKey: number): TenantBoard {
    let board = this.#tenants.get(tenantKey);
    if (board === undefined) {
      board = { recounts: [], rechecks: [], merged: new Set(), catalogues: new Map(), madeFrom: null };
      this.#tenants.set(tenantKey, board);
    }
    return board;
  }
}

function first(rows: readonly RecountRow[]): RecountRow | null {
  return rows.reduce<RecountRow | null>((least, row) => (least === null || row.logSeq < least.logSeq ? row : least), null);
}
