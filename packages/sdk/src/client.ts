import type { Unlock, WireEvent } from '@cairn/contracts';
import type {
  CatalogueItem,
  Erasure,
  EventResult,
  EventTypeItem,
  Explanation,
  HandChange,
  PackDiff,
  PackList,
  PackPreview,
  Page,
  ProgressItem,
  ProgressReport,
  PublishedPack,
  RetractionResult,
  SentEvent,
  ServerStatus,
  UserMergeResult,
  XpEntry,
  XpReport,
} from './answers.js';
import { createEventId } from './createEventId.js';
import { DeadLetters } from './deadLetters.js';
import { followStream, type StreamMessage, type StreamOptions } from './followStream.js';
import { PAGE_ITEMS, REQUEST_MS_MAX } from './limits.js';
import { type PreviewOptions, previewPack } from './previewPack.js';
import { requestBatches } from './requestBatches.js';
import { RETRY_POLICY_DEFAULT, type RetryPolicy } from './retryPolicy.js';
import { Tenants } from './tenants.js';
import { type Call, type Fetch, pathOf, Transport } from './transport.js';
import { type ErasureWaitOptions, waitUntilErased } from './waitUntilErased.js';
import { type WaitOptions, waitUntilEvaluated } from './waitUntilEvaluated.js';

export interface ClientOptions {
  /** Of the server: `http://localhost:7400`. */
  url: string;
  token?: string | null;
  /** Stands in for the built-in one. */
  fetch?: Fetch;
  retry?: Partial<RetryPolicy>;
  /** From a request to the end of its answer; default 30,000. */
  requestMsMax?: number;
  /** For the `User-Agent` header. */
  agent?: string;
}

export interface CallOptions {
  signal?: AbortSignal;
}

export interface SendOptions extends CallOptions {
  /** These events are told long after they happened: they count, and what they unlock is marked and silent. */
  backfill?: boolean;
  /** Called each time that the server holds such events back until it has evaluated others: the call goes on by itself. */
  onHeldBack?: () => void;
}

/** An achievement, a level and a period of a user: what is granted or revoked. */
export interface GrantTarget {
  slug: string;
  level?: string;
  period?: string;
  /** Kept in the audit. */
  reason: string;
}

/** An event to be sent: one without an identity of its own is given an `event_id`. */
export type EventToSend = WireEvent;

const AGENT = 'cairn-js';
const JSON_TYPE = 'application/json';

/** Makes a client. It holds no connection and needs no closing. */
export function createClient(options: ClientOptions): CairnClient {
  return new CairnClient(options);
}

/** Sends events, reads progress, follows unlocks. All methods throw CairnApiError or CairnUnreachableError. */
export class CairnClient {
  readonly url: string;
  /** What could not be accepted. */
  readonly deadLetters: DeadLetters;
  /** Whole tenants, for who runs the install. */
  readonly tenants: Tenants;
  readonly #transport: Transport;
  readonly #retry: RetryPolicy;

  constructor(options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.#retry = { ...RETRY_POLICY_DEFAULT, ...options.retry };
    this.#transport = new Transport({
      url: this.url,
      token: options.token ?? null,
      fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
      retry: this.#retry,
      requestMsMax: options.requestMsMax ?? REQUEST_MS_MAX,
      agent: options.agent ?? AGENT,
    });
    this.deadLetters = new DeadLetters(this.#transport);
    this.tenants = new Tenants(this.#transport);
  }

  /** Sends one event. It is durable once this resolves. */
  async sendEvent(event: EventToSend, options: SendOptions = {}): Promise<SentEvent> {
    const sent = withIdentity(event);
    const answer = await this.#transport.json({
      method: 'POST',
      path: '/v1/events',
      body: { contentType: JSON_TYPE, text: JSON.stringify(options.backfill === true ? { ...sent, backfill: true } : sent) },
      idempotent: true,
      signal: options.signal,
      onHeldBack: options.onHeldBack,
    });
    return answer as SentEvent;
  }

  /**
   * Sends events in order, as many at once as a request holds. The results are in the order of the events.
   * Where it throws, some may have been accepted: sending the same again is harmless.
   */
  async sendEvents(events: readonly EventToSend[], options: SendOptions = {}): Promise<EventResult[]> {
    return await this.sendEncodedEvents(
      events.map((event) => JSON.stringify(withIdentity(event))),
      options,
    );
  }

  /** The same for events that are JSON texts already: they are passed on as they are, so each needs an identity. */
  async sendEncodedEvents(eventTexts: readonly string[], options: SendOptions = {}): Promise<EventResult[]> {
    const results: EventResult[] = [];
    const texts = options.backfill === true ? eventTexts.map((text) => withBackfill(text)) : eventTexts;
    for (const batch of requestBatches(texts)) {
      const answer = (await this.#transport.json({
        method: 'POST',
        path: '/v1/events',
        body: { contentType: JSON_TYPE, text: batch.body },
        idempotent: true,
        signal: options.signal,
        onHeldBack: options.onHeldBack,
      })) as { results: EventResult[] };
      for (const result of answer.results) results.push({ ...result, index: batch.first + result.index });
    }
    return results;
  }

  /** Both ids lead to `into` from here on, who has what both have together. For good; doing it again does nothing. */
  async mergeUsers(users: { from: string; into: string }, reason: string, options: CallOptions = {}): Promise<UserMergeResult> {
    return this.#mergeUsers(users.from, { path: 'merges', body: { into: users.into, reason } }, options);
  }

  /** The old id stays an alias of the new one, which nobody may have. For good; doing it again does nothing. */
  async renameUser(user: { from: string; to: string }, reason: string, options: CallOptions = {}): Promise<UserMergeResult> {
    return this.#mergeUsers(user.from, { path: 'renames', body: { to: user.to, reason } }, options);
  }

  async #mergeUsers(from: string, request: { path: string; body: object }, { signal }: CallOptions): Promise<UserMergeResult> {
    const answer = await this.#transport.json({
      method: 'POST',
      path: pathOf('v1', 'admin', 'users', from, request.path),
      body: { contentType: JSON_TYPE, text: JSON.stringify(request.body) },
      idempotent: true,
      signal,
    });
    return answer as UserMergeResult;
  }

  /** Takes everything that names a user from wherever it is, but archives. For good; asked again meanwhile, it is the same erasure. */
  async eraseUser(user: string, reason: string, options: CallOptions = {}): Promise<Erasure> {
    const answer = await this.#transport.json({
      method: 'DELETE',
      path: pathOf('v1', 'admin', 'users', user),
      body: { contentType: JSON_TYPE, text: JSON.stringify({ reason }) },
      idempotent: true,
      signal: options.signal,
    });
    return answer as Erasure;
  }

  async erasure(erasureId: string, options: CallOptions = {}): Promise<Erasure> {
    return (await this.#get(pathOf('v1', 'admin', 'erasures', erasureId), {}, options)) as Erasure;
  }

  /** Resolves once nothing is left. */
  async waitUntilErased(erasureId: string, options: ErasureWaitOptions = {}): Promise<Erasure> {
    const { signal } = options;
    return waitUntilErased(() => this.erasure(erasureId, signal === undefined ? {} : { signal }), options);
  }

  /** Newest first, page after page. */
  erasures(options: CallOptions = {}): AsyncGenerator<Erasure, void, undefined> {
    return this.#items<Erasure>(pathOf('v1', 'admin', 'erasures'), options);
  }

  /** From here on the event counts for nothing. Doing it again does nothing. */
  async retractEvent(eventId: string, reason: string, options: CallOptions = {}): Promise<RetractionResult> {
    const answer = await this.#transport.json({
      method: 'POST',
      path: pathOf('v1', 'admin', 'events', eventId, 'retraction'),
      body: { contentType: JSON_TYPE, text: JSON.stringify({ reason }) },
      idempotent: true,
      signal: options.signal,
    });
    return answer as RetractionResult;
  }

  async progress(user: string, options: CallOptions = {}): Promise<ProgressItem[]> {
    return (await this.progressReport({ user }, options)).items;
  }

  /** How far a team is with each achievement of `scope: team`. */
  async teamProgress(team: string, options: CallOptions = {}): Promise<ProgressItem[]> {
    return (await this.progressReport({ team }, options)).items;
  }

  /** The progress of a user or a team, and whether anything of them was ever seen. */
  async progressReport(whose: { user: string } | { team: string }, options: CallOptions = {}): Promise<ProgressReport> {
    const path = 'team' in whose ? pathOf('v1', 'teams', whose.team, 'progress') : pathOf('v1', 'users', whose.user, 'progress');
    return (await this.#get(path, {}, options)) as ProgressReport;
  }

  /** A user's or a team's unlocks, newest first; or, without either, all of the tenant, oldest first. Pages are read as one goes. */
  unlocks(options: CallOptions & ({ user?: string } | { team: string }) = {}): AsyncGenerator<Unlock, void, undefined> {
    return this.#items<Unlock>(pathOfUnlocks(options), options);
  }

  /** Total, rank and the entries of the ledger, newest first, all or as many as asked for. */
  async xp(user: string, options: CallOptions & { entriesMax?: number } = {}): Promise<XpReport> {
    const path = pathOf('v1', 'users', user, 'xp');
    const entriesMax = options.entriesMax ?? Number.POSITIVE_INFINITY;
    const entries: XpEntry[] = [];
    let cursor: string | undefined;
    for (;;) {
      const limit = Math.max(1, Math.min(PAGE_ITEMS, entriesMax - entries.length));
      const page = (await this.#get(path, { cursor, limit }, options)) as XpReport & { next_cursor?: string | null };
      entries.push(...page.entries);
      cursor = page.next_cursor ?? undefined;
      if (cursor === undefined || entries.length >= entriesMax) {
        return { total: page.total, rank: page.rank, entries: entries.slice(0, entriesMax) };
      }
    }
  }

  /** Why the user has the achievement, or why not yet; and what became of an event, given by its id or its idempotency key. */
  async explain(user: string, slug: string, options: CallOptions & { event?: string } = {}): Promise<Explanation> {
    const { event } = options;
    return (await this.#get(pathOf('v1', 'users', user, 'achievements', slug, 'explain'), { event }, options)) as Explanation;
  }

  /** The catalogue. */
  async achievements(options: CallOptions = {}): Promise<CatalogueItem[]> {
    const answer = (await this.#get('/v1/achievements', {}, options)) as { items: CatalogueItem[] };
    return answer.items;
  }

  /** The packs that are in effect. */
  async packs(options: CallOptions = {}): Promise<PackList> {
    return (await this.#get('/v1/admin/packs', {}, options)) as PackList;
  }

  /** Types of events that were received, by name; seconds behind. */
  async eventTypes(options: CallOptions = {}): Promise<EventTypeItem[]> {
    const answer = (await this.#get('/v1/event-types', {}, options)) as { items: EventTypeItem[] };
    return answer.items;
  }

  /** What publishing a pack would change. Asking changes nothing. */
  async diffPack(pack: string, document: unknown, options: CallOptions = {}): Promise<PackDiff> {
    return (await this.#post(pathOf('v1', 'admin', 'packs', pack, 'diff'), document, options)) as PackDiff;
  }

  /** Publishes a whole pack, given as the parsed document. Answers what changed. */
  async publishPack(pack: string, document: unknown, options: CallOptions = {}): Promise<PublishedPack> {
    const answer = await this.#transport.json({
      method: 'PUT',
      path: pathOf('v1', 'admin', 'packs', pack),
      body: { contentType: JSON_TYPE, text: JSON.stringify(document) },
      idempotent: true,
      signal: options.signal,
    });
    return answer as PublishedPack;
  }

  /** Says what a pack would have done to the history, and publishes nothing. */
  async previewPack(pack: string, document: unknown, options: PreviewOptions = {}): Promise<PackPreview> {
    return await previewPack(this.#transport, { pack, document }, options);
  }

  /** Grants an achievement by hand. */
  async grant(user: string, target: GrantTarget, options: CallOptions = {}): Promise<HandChange> {
    return await this.#act(pathOf('v1', 'admin', 'users', user, 'grants'), target, options);
  }

  /** Takes an unlock back by hand. */
  async revoke(user: string, target: GrantTarget, options: CallOptions = {}): Promise<HandChange> {
    return await this.#act(pathOf('v1', 'admin', 'users', user, 'revocations'), target, options);
  }

  async status(options: CallOptions = {}): Promise<ServerStatus> {
    return (await this.#get('/v1/status', {}, options)) as ServerStatus;
  }

  /** Resolves once what was sent is evaluated and committed; a condition is awaited, not a time. */
  async waitUntilEvaluated(options: WaitOptions = {}): Promise<ServerStatus> {
    const { signal } = options;
    return await waitUntilEvaluated(() => this.status(signal === undefined ? {} : { signal }), options);
  }

  /** Unlocks, revocations and progress as they happen; broken connections are resumed without loss. */
  streamUnlocks(options: StreamOptions = {}): AsyncGenerator<StreamMessage, void, undefined> {
    return followStream(this.#transport, this.#retry, options);
  }

  async *#items<T>(path: string, options: CallOptions): AsyncGenerator<T, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = (await this.#get(path, { cursor, limit: PAGE_ITEMS }, options)) as Partial<Page<T>>;
      yield* page.items ?? [];
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  async #get(path: string, query: NonNullable<Call['query']>, options: CallOptions): Promise<unknown> {
    return await this.#transport.json({ method: 'GET', path, query, idempotent: true, signal: options.signal });
  }

  async #post(path: string, body: unknown, options: CallOptions): Promise<unknown> {
    const text = JSON.stringify(body);
    return await this.#transport.json({
      method: 'POST',
      path,
      body: { contentType: JSON_TYPE, text },
      idempotent: true,
      signal: options.signal,
    });
  }

  /** What stands in the audit shall stand there once, even where an answer was lost: each call has a key of its own. */
  async #act(path: string, body: unknown, options: CallOptions): Promise<HandChange> {
    const answer = await this.#transport.json({
      method: 'POST',
      path,
      body: { contentType: JSON_TYPE, text: JSON.stringify(body) },
      idempotencyKey: createEventId(),
      idempotent: true,
      signal: options.signal,
    });
    return answer as HandChange;
  }
}

/** Made before the first attempt, so that every further one is the same event. */
function withIdentity(event: EventToSend): EventToSend {
  return event.event_id === undefined && event.idempotency_key === undefined ? { event_id: createEventId(), ...event } : event;
}

/** As the last field of the object: of two of a name, the last one holds. */
function withBackfill(eventText: string): string {
  return `${eventText.trimEnd().slice(0, -1)},"backfill":true}`;
}

function pathOfUnlocks(of: { user?: string } | { team: string }): string {
  if ('team' in of) return pathOf('v1', 'teams', of.team, 'unlocks');
  return of.user === undefined ? '/v1/unlocks' : pathOf('v1', 'users', of.user, 'unlocks');
}
