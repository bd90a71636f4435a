import { setImmediate } from 'node:timers/promises';
import { type Catalogue, decodeState, lapsesAt, type ProgressItem, progress, progressOf, shownAt, type UserState } from '@cairn/engine';
import {
  type Database,
  deleteProgress,
  findTenant,
  type LapsedPlace,
  type LapsedProgress,
  lapsedProgress,
  listUserStates,
  type ProgressRow,
  pruneProgress,
  readUserStates,
  type StoredUserState,
  upsertProgress,
} from '@cairn/store';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import {
  PROJECTION_EVENTS_A_STEP,
  PROJECTION_REST_MS_MAX,
  PROJECTION_REST_SHARE,
  PROJECTION_USERS_A_TURN,
  PROJECTION_USERS_A_WRITE,
  PROJECTION_USERS_MAX,
} from '../../limits.js';
import type { LogTime } from '../../log/LogTime.js';
import type { StoppableReading } from '../../log/StoppableReading.js';
import { PROGRESS_PROJECTION } from './names.js';
import type { TouchedUsers } from './TouchedUsers.js';

/** Writes the rows of users from their states. What is locked at 0 has no row. */
export class ProgressWriter {
  readonly #database: Database;
  readonly #catalogues: CatalogueCache;
  readonly #time: LogTime;
  readonly #reading: StoppableReading;

  /** @param reading what the states are read for: once it is stopping, no further users are written */
  constructor(ports: { database: Database; catalogues: CatalogueCache; time: LogTime }, reading: StoppableReading) {
    this.#database = ports.database;
    this.#catalogues = ports.catalogues;
    this.#time = ports.time;
    this.#reading = reading;
  }

  /** Not all of it where the reading stops meanwhile. */
  async write(touched: TouchedUsers): Promise<void> {
    for (const tenantId of touched.tenants) await this.#writeAll(tenantId);
    for (const [tenantId, users] of touched.users) {
      if (!touched.tenants.has(tenantId)) await this.#writeUsers(tenantId, { users, isBehind: touched.events >= PROJECTION_EVENTS_A_STEP });
    }
    if (touched.tick !== null) await this.#writeLapsed(touched.tick);
  }

  /** Everything up to here is projected. */
  async advance(lastSeq: number): Promise<void> {
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq, rows: [] });
  }

  /** With rests, but where it is behind. */
  async #writeUsers(tenantId: string, { users, isBehind }: { users: UsersTouched; isBehind: boolean }): Promise<void> {
    const tenant = await findTenant(this.#database.pool, tenantId);
    if (tenant === null) return;
    const { tenantKey } = tenant;
    const catalogue = await this.#catalogues.get(tenantKey);
    const userIds = [...users.keys()];
    const usersMax = isBehind ? PROJECTION_USERS_MAX : PROJECTION_USERS_A_WRITE;
    for (let start = 0; start < userIds.length && !this.#reading.isStopping; start += usersMax) {
      const beganMs = performance.now();
      await this.#writeChunk({ tenantKey, catalogue }, { userIds: userIds.slice(start, start + usersMax), users });
      if (!isBehind && start + usersMax < userIds.length) await this.#rest(performance.now() - beganMs);
    }
  }

  async #rest(workedMs: number): Promise<void> {
    await this.#reading.pause(Math.min(workedMs * PROJECTION_REST_SHARE, PROJECTION_REST_MS_MAX));
  }

  async #writeChunk(tenant: Tenant, { userIds, users }: { userIds: readonly string[]; users: UsersTouched }): Promise<void> {
    const states = await readUserStates(this.#database.pool, { tenantKey: tenant.tenantKey, userIds });
    const slugsOf = new Map(userIds.map((userId) => [userId, slugsTouched(tenant.catalogue, users.get(userId) ?? null)]));
    const changed = states.map((state) => ({ state, slugs: slugsOf.get(state.userId) ?? null }));
    await this.#writeAllOf(tenant, onlyWhole(changed));
    await this.#writeSome(tenant, onlyParts(changed));
  }

  /** What is shown otherwise at a tick, though nothing else happened. */
  async #writeLapsed(at: number): Promise<void> {
    const { pool } = this.#database;
    for (let after: LapsedPlace | null = null; !this.#reading.isStopping; ) {
      const lapsed: LapsedProgress[] = await lapsedProgress(pool, { at, after, limit: PROJECTION_USERS_MAX });
      for (const [tenantKey, rows] of byTenant(lapsed)) {
        const catalogue = await this.#catalogues.get(tenantKey);
        const slugs = slugsByUser(rows);
        const states = await readUserStates(pool, { tenantKey, userIds: [...slugs.keys()] });
        const changed = states.map((state) => ({ state, slugs: slugs.get(state.userId) ?? new Set<string>() }));
        await this.#writeSome({ tenantKey, catalogue }, changed, at);
      }
      after = lapsed.at(-1) ?? null;
      if (lapsed.length < PROJECTION_USERS_MAX) return;
    }
  }

  async #writeAll(tenantId: string): Promise<void> {
    const tenant = await findTenant(this.#database.pool, tenantId);
    if (tenant === null) return;
    const { tenantKey } = tenant;
    const catalogue = await this.#catalogues.get(tenantKey);
    let after = 0;
    while (!this.#reading.isStopping) {
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
    const tick = await this.#time.read();
    const rows: ProgressRow[] = [];
    for (const [i, user] of states.entries()) {
      if (i % PROJECTION_USERS_A_TURN === 0) await setImmediate();
      const state = decodeState(user.state);
      const at = shownAt(catalogue, state, tick);
      for (const item of progress(catalogue, state, at)) {
        if (isBegun(item)) rows.push(toRow(item, { tenantKey, catalogue, user, state, at }));
      }
    }
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq: null, rows });
    await pruneProgress(this.#database.pool, { tenantKey, users: states, kept: rows });
  }

  /** The progress of users in some achievements: those that their events may have changed. */
  async #writeSome({ tenantKey, catalogue }: Tenant, changed: readonly PartlyChanged[], tickMin = Number.NEGATIVE_INFINITY): Promise<void> {
    if (changed.length === 0) return;
    const tick = Math.max(tickMin, await this.#time.read());
    const rows: ProgressRow[] = [];
    const gone: { userKey: number; slug: string; lastSeq: number }[] = [];
    for (const [i, { state: user, slugs }] of changed.entries()) {
      if (i % PROJECTION_USERS_A_TURN === 0) await setImmediate();
      const state = decodeState(user.state);
      const at = shownAt(catalogue, state, tick);
      for (const slug of slugs) {
        const item = progressOf(catalogue, state, { slug, now: at });
        if (item === null) continue;
        if (isBegun(item)) rows.push(toRow(item, { tenantKey, catalogue, user, state, at }));
        else gone.push({ userKey: user.userKey, slug, lastSeq: user.lastSeq });
      }
    }
    await upsertProgress(this.#database.pool, { projection: PROGRESS_PROJECTION, lastSeq: null, rows });
    await deleteProgress(this.#database.pool, { tenantKey, rows: gone });
  }
}

function byTenant(lapsed: readonly LapsedProgress[]): Map<number, LapsedProgress[]> {
  const rows = new Map<number, LapsedProgress[]>();
  for (const row of lapsed) {
    const ofTenant = rows.get(row.tenantKey);
    if (ofTenant === undefined) rows.set(row.tenantKey, [row]);
    else ofTenant.push(row);
  }
  return rows;
}

function slugsByUser(lapsed: readonly LapsedProgress[]): Map<string, Set<string>> {
  const slugs = new Map<string, Set<string>>();
  for (const { userId, slug } of lapsed) slugs.set(userId, (slugs.get(userId) ?? new Set()).add(slug));
  return slugs;
}

type UsersTouched = ReadonlyMap<string, ReadonlySet<string> | null>;

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

function toRow(item: ProgressItem, of: Tenant & { user: StoredUserState; state: UserState; at: number }): ProgressRow {
  const { slug, status, value, threshold, level, period } = item;
  const { tenantKey, catalogue, user, state, at } = of;
  const version = catalogue.definitions.get(slug)?.version ?? 0;
  // Written out, as items are: there are hundreds of them a second.
  return {
    tenantKey,
    userKey: user.userKey,
    slug,
    version,
    status,
    value,
    threshold,
    level,
    period,
    lapsesAt: lapsesAt(catalogue, state, { item, at }),
    updatedSeq: user.lastSeq,
  };
}
