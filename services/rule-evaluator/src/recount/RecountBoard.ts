import { affectedBy, type Catalogue, isMeasuredBy, withoutPending } from '@cairn/engine';
import { isRecountPending, type RecountRow } from '@cairn/store';
import type { TenantContext } from '../partition/TenantCatalogues.js';

/** What was met at an entry unlocks by the catalogue of that place: a user who waits has not been touched since. */
export interface PendingRecheck {
  row: RecountRow;
  catalogue: Catalogue;
  /** Without the recounts that were pending there, by the first of them. */
  withoutPending: Map<number, Catalogue>;
}

interface TenantBoard {
  /** In log order: one is done after the other. */
  recounts: RecountRow[];
  rechecks: PendingRecheck[];
  /** Users of the slice at hand, of the first recount, to whom it was done. */
  merged: Set<string>;
  /** By how many of the recounts are done; for the catalogue of the tenant that they were made from. */
  catalogues: Map<number, Catalogue>;
  madeFrom: Catalogue | null;
}

const NONE: readonly PendingRecheck[] = [];

/** What is pending in one partition, and what holds for whom while it is. As committed: a change goes up once it is. */
export class RecountBoard {
  readonly #tenants = new Map<number, TenantBoard>();

  clear(): void {
    this.#tenants.clear();
  }

  /** The recount to be done next. */
  nextRecount(): RecountRow | null {
    return first([...this.#tenants.values()].flatMap(({ recounts }) => recounts.slice(0, 1)));
  }

  nextRecheck(): RecountRow | null {
    return first([...this.#tenants.values()].flatMap(({ rechecks }) => rechecks.slice(0, 1).map(({ row }) => row)));
  }

  recountsOf(tenantKey: number): readonly RecountRow[] {
    return this.#tenants.get(tenantKey)?.recounts ?? [];
  }

  isAnyPending(tenantKey: number): boolean {
    return this.#tenants.has(tenantKey);
  }

  /** Those that a user of this key still waits for, in log order. */
  rechecksFor(tenantKey: number, userKey: number): readonly PendingRecheck[] {
    const rechecks = this.#tenants.get(tenantKey)?.rechecks;
    return rechecks === undefined || rechecks.length === 0 ? NONE : rechecks.filter(({ row }) => userKey > row.scannedKey);
  }

  recheckCatalogueFor({ row, catalogue, withoutPending: made }: PendingRecheck, userId: string): Catalogue {
    const board = this.#tenants.get(row.tenantKey);
    const pending = board === undefined ? [] : this.#pendingFor(board, userId).filter(({ logSeq }) => logSeq <= row.logSeq);
    const [oldest] = pending;
    if (oldest === undefined) return catalogue;
    let without = made.get(oldest.logSeq);
    if (without === undefined) made.set(oldest.logSeq, (without = withoutPending(catalogue, pending)));
    return without;
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
    return this.#pendingFor(board, userId).some((recount) => affectedBy(tenant.catalogue, recount).has(slug));
  }

  /** Whether a recount that a user waits for measures something from an achievement, and leaves that as it finds it. */
  isMeasured(tenant: TenantContext, userId: string, slug: string): boolean {
    const board = this.#tenants.get(tenant.tenantKey);
    return board !== undefined && this.#pendingFor(board, userId).some((recount) => isMeasuredBy(tenant.catalogue, recount, slug));
  }

  /** The recount at hand where it was done to the user: if it is begun anew, what is done to them by hand from here on is no matter of it. */
  doneTo(tenantKey: number, userId: string): RecountRow | null {
    const board = this.#tenants.get(tenantKey);
    const [current] = board?.recounts ?? [];
    return current !== undefined && isRecountPending(current, userId) && board?.merged.has(userId) === true ? current : null;
  }

  isMerged(tenantKey: number, userId: string): boolean {
    const board = this.#tenants.get(tenantKey);
    return board === undefined || !this.#isFirstPending(board, userId);
  }

  noteMerged(tenantKey: number, userIds: Iterable<string>): void {
    const merged = this.#tenants.get(tenantKey)?.merged;
    for (const userId of userIds) merged?.add(userId);
  }

  /** @param catalogue that of the entry that asks for it */
  begin(row: RecountRow, catalogue: Catalogue): void {
    const board = this.#boardOf(row.tenantKey);
    if (row.kind === 'recheck') {
      board.rechecks = [...board.rechecks.filter(isNot(row)), { row, catalogue, withoutPending: new Map<number, Catalogue>() }];
      board.rechecks.sort((a, b) => a.row.logSeq - b.row.logSeq);
    } else {
      board.recounts = [...board.recounts.filter(({ logSeq }) => logSeq !== row.logSeq), row].sort((a, b) => a.logSeq - b.logSeq);
      board.catalogues.clear();
    }
  }

  move(row: RecountRow): void {
    const board = this.#boardOf(row.tenantKey);
    if (row.kind === 'recheck') {
      for (const recheck of board.rechecks) if (!isNot(row)(recheck)) recheck.row = row;
      return;
    }
    const before = board.recounts.find(({ logSeq }) => logSeq === row.logSeq);
    if (before?.slicesDone !== row.slicesDone) board.merged.clear();
    board.recounts = board.recounts.map((recount) => (recount === before ? row : recount));
  }

  end(row: RecountRow): void {
    const board = this.#boardOf(row.tenantKey);
    if (row.kind === 'recheck') board.rechecks = board.rechecks.filter(isNot(row));
    else {
      board.recounts = board.recounts.filter(({ logSeq }) => logSeq !== row.logSeq);
      board.merged.clear();
      board.catalogues.clear();
    }
    if (board.recounts.length + board.rechecks.length === 0) this.#tenants.delete(row.tenantKey);
  }

  #pendingFor(board: TenantBoard, userId: string): readonly RecountRow[] {
    return this.#isFirstPending(board, userId) ? board.recounts : board.recounts.slice(1);
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

function isNot(row: RecountRow): (recheck: PendingRecheck) => boolean {
  return (recheck) => recheck.row.logSeq !== row.logSeq;
}
