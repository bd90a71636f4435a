import { setImmediate } from 'node:timers/promises';
import { type Catalogue, decodeState, progress } from '@cairn/engine';
import {
  type Database,
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
      if (!touched.tenants.has(tenantId)) await this.#writeUsers(tenantId, [...users]);
    }
  }

  /** Everything up to here is projected. */
  async advance(lastSeq: number): Promise<void> {
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq, rows: [] });
  }

  async #writeUsers(tenantId: string, userIds: readonly string[]): Promise<void> {
    const tenant = await findTenant(this.#database.pool, tenantId);
    if (tenant === null) return;
    const { tenantKey } = tenant;
    const catalogue = await this.#catalogues.get(tenantKey);
    for (let start = 0; start < userIds.length; start += PROJECTION_USERS_MAX) {
      const chunk = userIds.slice(start, start + PROJECTION_USERS_MAX);
      await this.#writeStates(tenantKey, catalogue, await readUserStates(this.#database.pool, { tenantKey, userIds: chunk }));
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
      await this.#writeStates(tenantKey, catalogue, states);
      const last = states.at(-1);
      if (last === undefined || states.length < PROJECTION_USERS_MAX) return;
      after = last.userKey;
    }
  }

  async #writeStates(tenantKey: number, catalogue: Catalogue, states: readonly StoredUserState[]): Promise<void> {
    if (states.length === 0) return;
    const rows: ProgressRow[] = [];
    for (const [i, user] of states.entries()) {
      if (i % PROJECTION_USERS_A_TURN === 0) await setImmediate();
      rows.push(...this.#rowsOf(tenantKey, catalogue, user));
    }
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq: 0, rows });
    await pruneProgress(this.#database.pool, { tenantKey, users: states, kept: rows });
  }

  #rowsOf(tenantKey: number, catalogue: Catalogue, { userKey, state, lastSeq }: StoredUserState): ProgressRow[] {
    return progress(catalogue, decodeState(state), this.#now())
      .filter(({ status, value }) => status !== 'locked' || value !== 0)
      .map(({ slug, status, value, threshold, level, period }) => ({
        tenantKey,
        userKey,
        slug,
        version: catalogue.definitions.get(slug)?.version ?? 0,
        status,
        value,
        threshold,
        level,
        period,
        updatedSeq: lastSeq,
      }));
  }
}
