import { setImmediate } from 'node:timers/promises';
import { type Catalogue, decodeState, type ProgressItem, progress, progressOf } from '@cairn/engine';
import {
  type Database,
  deleteProgress,
  findTenant,
  listUserStates,
  type ProgressRow,
  pruneProgress,
  readUserStates,
  type StoredUserState,
  upsertProgress,
} from '@cairn/store';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import { PROJECTION_USERS_A_TURN, PROJECTION_USERS_MAX } from '../../limits.js';
import { PROGRESS_PROJECTION } from './names.js';
import type { TouchedUsers } from './TouchedUsers.js';

/** Writes the rows of users from their states. What is locked at 0 has no row. */
export class ProgressWriter {
  readonly #database: Database;
  readonly #catalogues: CatalogueCache;
  readonly #now: () => number;

  constructor(ports: { database: Database; catalogues: CatalogueCache; now: () => number }) {
    this.#database = ports.database;
    this.#catalogues = ports.catalogues;
    this.#now = ports.now;
  }

  async write(touched: TouchedUsers): Promise<void> {
    for (const tenantId of touched.tenants) await this.#writeAll(tenantId);
    for (const [tenantId, users] of touched.users) {
      if (!touched.tenants.has(tenantId)) await this.#writeUsers(tenantId, users);
    }
  }

  /** Everything up to here is projected. */
  async advance(lastSeq: number): Promise<void> {
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq, rows: [] });
  }

  async #writeUsers(tenantId: string, users: ReadonlyMap<string, ReadonlySet<string> | null>): Promise<void> {
    const tenant = await findTenant(this.#database.pool, tenantId);
    if (tenant === null) return;
    const { tenantKey } = tenant;
    const catalogue = await this.#catalogues.get(tenantKey);
    const userIds = [...users.keys()];
    for (let start = 0; start < userIds.length; start += PROJECTION_USERS_MAX) {
      const chunk = userIds.slice(start, start + PROJECTION_USERS_MAX);
      const states = await readUserStates(this.#database.pool, { tenantKey, userIds: chunk });
      const slugsOf = new Map(chunk.map((userId) => [userId, slugsTouched(catalogue, users.get(userId) ?? null)]));
      const changed = states.map((state) => ({ state, slugs: slugsOf.get(state.userId) ?? null }));
      await this.#writeAllOf({ tenantKey, catalogue }, onlyWhole(changed));
      await this.#writeSome({ tenantKey, catalogue }, onlyParts(changed));
    }
  }

  async #writeAll(tenantId: string): Promise<void> {
    const tenant = await findTenant(this.#database.pool, tenantId);
    if (tenant === null) return;
    const { tenantKey } = tenant;
    const catalogue = await this.#catalogues.get(tenantKey);
    let after = 0;
    for (;;) {
      const states = await listUserStates(this.#database.pool, { tenantKey, after, limit: PROJECTION_USERS_MAX });
      await this.#writeAllOf({ tenantKey, catalogue }, states);
      const last = states.at(-1);
      if (last === undefined || states.length < PROJECTION_USERS_MAX) return;
      after = last.userKey;
    }
  }

  /** All that these users have progress in, and nothing else. */
  async #writeAllOf({ tenantKey, catalogue }: Tenant, states: readonly StoredUserState[]): Promise<void> {
    if (states.length === 0) return;
    const rows: ProgressRow[] = [];
    for (const [i, user] of states.entries()) {
      if (i % PROJECTION_USERS_A_TURN === 0) await setImmediate();
      for (const item of progress(catalogue, decodeState(user.state), this.#now())) {
        if (isBegun(item)) rows.push(toRow(item, { tenantKey, catalogue, user }));
      }
    }
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq: null, rows });
    await pruneProgress(this.#database.pool, { tenantKey, users: states, kept: rows });
  }

  /** The progress of users in some achievements: those that their events may have changed. */
  async #writeSome({ tenantKey, catalogue }: Tenant, changed: readonly PartlyChanged[]): Promise<void> {
    const rows: ProgressRow[] = [];
    const gone: { userKey: number; slug: string; lastSeq: number }[] = [];
    for (const [i, { state: user, slugs }] of changed.entries()) {
      if (i % PROJECTION_USERS_A_TURN === 0) await setImmediate();
      const state = decodeState(user.state);
      for (const slug of slugs) {
        const item = progressOf(catalogue, state, { slug, now: this.#now() });
        if (item === null) continue;
        if (isBegun(item)) rows.push(toRow(item, { tenantKey, catalogue, user }));
        else gone.push({ userKey: user.userKey, slug, lastSeq: user.lastSeq });
      }
    }
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq: null, rows });
    await deleteProgress(this.#database.pool, { tenantKey, rows: gone });
  }
}

interface Tenant {
  tenantKey: number;
  catalogue: Catalogue;
}

interface PartlyChanged {
  state: StoredUserState;
  slugs: ReadonlySet<string>;
}

interface Changed {
  state: StoredUserState;
  /** Null for all. */
  slugs: ReadonlySet<string> | null;
}

/** What events of these types can change the progress in; null for anything. */
function slugsTouched(catalogue: Catalogue, types: ReadonlySet<string> | null): Set<string> | null {
  if (types === null) return null;
  // What is measured from XP and from what a user holds.
  const slugs = new Set(catalogue.derivedRules.map(({ slug }) => slug));
  for (const type of types) {
    const { isBuiltIn, rules } = catalogue.index.candidatesOf(type);
    if (isBuiltIn) return null;
    for (const { rule } of rules) slugs.add(rule.slug);
  }
  return slugs;
}

function onlyWhole(changed: readonly Changed[]): StoredUserState[] {
  return changed.flatMap(({ state, slugs }) => (slugs === null ? [state] : []));
}

function onlyParts(changed: readonly Changed[]): PartlyChanged[] {
  return changed.flatMap(({ state, slugs }) => (slugs === null ? [] : [{ state, slugs }]));
}

function isBegun({ status, value }: ProgressItem): boolean {
  return status !== 'locked' || value !== 0;
}

function toRow(item: ProgressItem, of: Tenant & { user: StoredUserState }): ProgressRow {
  const { slug, status, value, threshold, level, period } = item;
  const { tenantKey, catalogue, user } = of;
  const version = catalogue.definitions.get(slug)?.version ?? 0;
  return { tenantKey, userKey: user.userKey, slug, version, status, value, threshold, level, period, updatedSeq: user.lastSeq };
}
