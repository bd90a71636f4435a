import { CairnError, partitionOf } from '@cairn/contracts';
import {
  type Catalogue,
  decodeState,
  type EventOutcome,
  type Explanation,
  emptyState,
  explain,
  type RecordedUnlock,
  shownAt,
  type UserState,
} from '@cairn/engine';
import type { Principal } from '@cairn/runtime';
import { type Database, type FoundEvent, listRecounts, listUserUnlocks, namesOfUser, readUserState } from '@cairn/store';
import type { CatalogueCache } from '../../catalogue/CatalogueCache.js';
import { PAGE_ITEMS_MAX } from '../../limits.js';
import type { HistoryReader, UserHistory } from '../../log/HistoryReader.js';
import type { LogTime } from '../../log/LogTime.js';
import { recountingSlugs } from '../../log/recountingSlugs.js';
import type { UnlockViews } from '../unlocks/UnlockViews.js';
import type { UnlockView } from '../unlocks/unlockSchema.js';
import type { Elsewhere, EventSearch } from './EventSearch.js';
import { recordedUnlocks } from './recordedUnlocks.js';

export interface ExplainerPorts {
  database: Database;
  catalogues: CatalogueCache;
  history: HistoryReader;
  events: EventSearch;
  views: UnlockViews;
  time: LogTime;
  /** Of the install. */
  partitions: number;
  /** Of the newest events that are replayed. */
  eventsMax: number;
}

export interface ExplainRequest {
  userId: string;
  slug: string;
  /** The id, or the idempotency key, of an event to say of what became of it; null for none. */
  eventId: string | null;
}

/** What became of the event that was asked for: judged by the engine, or not an event of the user at all. */
export type AskedEvent = { outcome: EventOutcome; key: string | null } | { elsewhere: Elsewhere; eventId: string };

export interface Explained {
  explanation: Explanation;
  /** The version in effect is still being evaluated over the history of the user. */
  isRecounting: boolean;
  unlocks: UnlockView[];
  history: UserHistory;
  /** null where none was asked for. */
  event: AskedEvent | null;
}

interface Circumstances {
  /** As of which the user's progress is shown. */
  now: number;
  state: UserState;
  unlocks: readonly RecordedUnlock[];
  isRecounting: boolean;
}

/** Explains from what there is: state and unlocks say what is so, the log says why. */
export class Explainer {
  readonly #ports: ExplainerPorts;

  constructor(ports: ExplainerPorts) {
    this.#ports = ports;
  }

  /** @throws CairnError `not_found` */
  async explain(tenant: Principal, wanted: ExplainRequest): Promise<Explained> {
    const { database, catalogues, history, events, views, eventsMax } = this.#ports;
    const { tenantKey } = tenant;
    const userIds = await namesOfUser(database.pool, { tenantKey, userId: wanted.userId });
    const request = { ...wanted, userId: userIds[0] };
    const { userId, slug, eventId } = request;
    const catalogue = await catalogues.get(tenantKey);
    if (!catalogue.rules.has(slug)) throw notFound(catalogue, slug);
    const [isRecounting, stored, past, rows, tick] = await Promise.all([
      this.#isRecounting(tenant, catalogue, request),
      readUserState(database.pool, { tenantKey, userId }),
      history.read({ tenantKey, userId }, eventsMax),
      listUserUnlocks(database.pool, { tenantKey, userId, slug, limit: PAGE_ITEMS_MAX, revoked: 'include' }),
      this.#ports.time.read(),
    ]);
    const place = eventId === null ? null : await events.find(tenant, { userIds, eventId });
    const bytes = stored?.state ?? null;
    const unlocks = await recordedUnlocks(database, { tenantKey, userIds, slug }, rows);
    const state = bytes === null ? emptyState() : decodeState(bytes);
    const has = { state, unlocks, isRecounting, now: shownAt(catalogue, state, tick) };
    const asked = place !== null && 'found' in place ? { eventId: place.found.eventId } : {};
    const explanation = this.#explain(catalogue, slug, { past, has, ...asked });
    const told = { explanation, isRecounting, unlocks: await views.of(tenant, rows), history: past };
    if (place === null || eventId === null) return { ...told, event: null };
    if ('elsewhere' in place) return { ...told, event: { elsewhere: place.elsewhere, eventId } };
    const outcome = explanation.event ?? (await this.#olderEvent(tenant, place.found, { catalogue, slug, has }));
    const key = place.found.by === 'idempotency_key' ? eventId : null;
    return { ...told, event: outcome === null ? { elsewhere: notInLog(place.found), eventId } : { outcome, key } };
  }

  async #isRecounting({ tenantId, tenantKey }: Principal, catalogue: Catalogue, { userId, slug }: ExplainRequest): Promise<boolean> {
    const { database, partitions } = this.#ports;
    const pending = await listRecounts(database.pool, { tenantKey, partition: partitionOf(tenantId, userId, partitions) });
    return recountingSlugs(catalogue, userId, pending).has(slug);
  }

  #explain(catalogue: Catalogue, slug: string, of: { past: UserHistory; has: Circumstances; eventId?: string }): Explanation {
    const { past, has, eventId } = of;
    const isPartial = past.isTruncated || past.missing > 0;
    const asked = eventId === undefined ? {} : { eventId };
    const explanation = explain(catalogue, slug, { ...has, ...asked, history: past.events, isPartial });
    if (explanation === null) throw notFound(catalogue, slug);
    return explanation;
  }

  /** What became of an event that lies before the newest; null where the log no longer holds it. */
  async #olderEvent(
    tenant: Principal,
    found: FoundEvent,
    of: { catalogue: Catalogue; slug: string; has: Circumstances },
  ): Promise<EventOutcome | null> {
    const { history, eventsMax } = this.#ports;
    const past = await history.read({ tenantKey: tenant.tenantKey, userId: found.userId, upTo: found }, eventsMax);
    return this.#explain(of.catalogue, of.slug, { past, has: of.has, eventId: found.eventId }).event;
  }
}

function notInLog({ logSeq }: FoundEvent): Elsewhere {
  const detail = `It was evaluated as ${logSeq} of the log, which no longer holds it: why it counted or not cannot be told any more.`;
  return { reason: 'not_in_log', detail, event: null, sequence: logSeq, original: null };
}

function notFound(catalogue: Catalogue, slug: string): CairnError {
  const why = catalogue.definitions.has(slug)
    ? `"${slug}" is an achievement of teams: it counts for none of their members`
    : `there is no achievement "${slug}"`;
  return new CairnError('not_found', why);
}
