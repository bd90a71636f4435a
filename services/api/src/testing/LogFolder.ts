import {
  type ControlEntry,
  decodeControlEntry,
  decodeEventBatch,
  decodeTick,
  deriveUnlockId,
  deriveXpEntryId,
  hashEventId,
  isControlSubject,
  LOG_STREAM,
  PackedIdentity,
  partitionOf,
  TICK_SUBJECT,
  type UnlockTarget,
} from '@cairn/contracts';
import {
  Catalogue,
  decodeState,
  type Effects,
  emptyState,
  encodeState,
  fold,
  grant,
  parsePack,
  revoke,
  type UserState,
} from '@cairn/engine';
import {
  acquirePartitions,
  addTenantMerge,
  addUserAlias,
  commitBatch,
  type Database,
  type EvaluationBatch,
  emptyEventColumns,
  ensureTenant,
  goesOnAs,
  loadUsers,
  noteTick,
  openPipeline,
  publishDefinitions,
  versionsBefore,
} from '@cairn/store';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

interface Tenant {
  tenantKey: number;
  catalogue: Catalogue;
}

type MutableBatch = { -readonly [K in keyof EvaluationBatch]: EvaluationBatch[K] extends readonly (infer R)[] ? R[] : EvaluationBatch[K] };

/**
 * Brings the log into the database for the tests of the reads: the real engine over the real log into the real store, one entry at a
 * time. It has nothing of what makes an evaluator fast or safe, takes every event for new, and recounts nothing.
 */
export class LogFolder {
  readonly #nats: NatsConnection;
  readonly #pipeline: Awaited<ReturnType<typeof openPipeline>>;
  readonly #pool: Database['pool'];
  readonly #positions = new Map<number, { epoch: number; lastSeq: number }>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #states = new Map<string, { userKey: number; state: UserState }>();
  #isStopped = false;
  #stopConsuming: (() => void) | null = null;
  #running: Promise<void> = Promise.resolve();
  #lastSeq = 0;

  private constructor(nats: NatsConnection, database: Database, pipeline: Awaited<ReturnType<typeof openPipeline>>) {
    this.#nats = nats;
    this.#pool = database.pool;
    this.#pipeline = pipeline;
  }

  static async open(options: { nats: NatsConnection; database: Database; databaseUrl: string; partitions: number }): Promise<LogFolder> {
    const { nats, database, databaseUrl, partitions } = options;
    const pipeline = await openPipeline({
      url: databaseUrl,
      applicationName: 'log-folder',
      onError: (error) => {
        throw error;
      },
    });
    const folder = new LogFolder(nats, database, pipeline);
    for (const owned of await acquirePartitions(database.pool, { owner: 'log-folder', want: partitions + 1, leaseSeconds: 3600 })) {
      folder.#positions.set(owned.partition, { epoch: owned.epoch, lastSeq: owned.lastSeq });
    }
    return folder;
  }

  /** Follows the log until `pause`. */
  resume(): void {
    this.#isStopped = false;
    this.#running = this.#follow();
  }

  async pause(): Promise<void> {
    this.#isStopped = true;
    this.#stopConsuming?.();
    await this.#running;
  }

  async close(): Promise<void> {
    await this.pause();
    await this.#pipeline.end();
  }

  async #follow(): Promise<void> {
    const consumer = await jetstream(this.#nats).consumers.get(LOG_STREAM, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#lastSeq + 1,
    });
    const messages = await consumer.consume();
    this.#stopConsuming = () => messages.stop();
    if (this.#isStopped) messages.stop();
    for await (const message of messages) {
      // An ordered consumer that starts over may bring a message again.
      if (message.seq <= this.#lastSeq) continue;
      if (message.subject === TICK_SUBJECT) await this.#takeTick(message);
      else await (isControlSubject(message.subject) ? this.#foldControl(message) : this.#foldEvents(message));
      this.#lastSeq = message.seq;
      if (this.#isStopped) break;
    }
    await consumer.delete();
  }

  async #foldEvents({ subject, seq, data }: { subject: string; seq: number; data: Uint8Array }): Promise<void> {
    const { tenantId, events } = decodeEventBatch(data);
    const tenant = await this.#tenant(tenantId);
    const batch = this.#newBatch(Number(subject.split('.')[1]), seq);
    const columns = emptyEventColumns();
    for (const [index, event] of events.entries()) {
      const user = await this.#user(tenant.tenantKey, event.userId);
      const { idempotencyKey: _key, identity, ...told } = event;
      const effects = fold(tenant.catalogue, user.state, { ...told, sequence: seq, index });
      columns.tenantKey.push(tenant.tenantKey);
      columns.userKey.push(user.userKey);
      columns.logSeq.push(seq);
      columns.logIndex.push(index);
      columns.eventId.push(event.eventId);
      columns.identity.push(PackedIdentity.of(identity));
      columns.occurredAt.push(event.occurredAt);
      columns.matched.push(effects.matched.length === 0 ? null : effects.matched);
      this.#addEffects(batch, effects, { tenantId, tenantKey: tenant.tenantKey, userKey: user.userKey, userId: event.userId, index });
    }
    batch.events = columns;
    await this.#commit(batch, tenant.tenantKey, new Set(events.map(({ userId }) => userId)));
  }

  async #takeTick({ seq, data }: { seq: number; data: Uint8Array }): Promise<void> {
    await noteTick(this.#pool, decodeTick(data));
    for (const partition of this.#positions.keys()) await this.#commit(this.#newBatch(partition, seq), 0, new Set());
  }

  async #foldControl({ seq, data }: { seq: number; data: Uint8Array }): Promise<void> {
    const entry = decodeControlEntry(data);
    const tenant = await this.#tenant(entry.tenantId);
    if (entry.body.kind === 'pack_published') await this.#publish(tenant, entry, seq);
    if (entry.body.kind === 'users_merged') {
      const { from: alias, into: userId } = entry.body;
      await addUserAlias(this.#pool, { tenantKey: tenant.tenantKey, alias, userId, logSeq: seq, at: entry.at });
    }
    // It means nothing where both are one already.
    if (entry.body.kind === 'tenant_merged' && (await goesOnAs(this.#pool, entry.body.into))?.tenantId !== entry.tenantId)
      await addTenantMerge(this.#pool, { tenantKey: tenant.tenantKey, intoTenant: entry.body.into, logSeq: seq, at: entry.at });
    for (const partition of this.#positions.keys()) {
      const batch = this.#newBatch(partition, seq);
      const touched = new Set<string>();
      const { body } = entry;
      if (body.kind === 'unlock_granted' || body.kind === 'unlock_revoked') {
        if (partitionOf(entry.tenantId, body.userId, this.#positions.size - 1) === partition) {
          touched.add(body.userId);
          await this.#changeByHand(batch, tenant, { entry, target: body });
        }
      }
      if (body.kind === 'event_retracted') {
        const isOurs = partitionOf(entry.tenantId, body.userId, this.#positions.size - 1) === partition;
        if (isOurs) batch.retractions = [{ tenantKey: tenant.tenantKey, eventIdHash: hashEventId(body.eventId), logSeq: seq }];
      }
      await this.#commit(batch, tenant.tenantKey, touched);
    }
  }

  async #changeByHand(batch: MutableBatch, tenant: Tenant, of: { entry: ControlEntry; target: UnlockTarget }): Promise<void> {
    const { entry, target } = of;
    const user = await this.#user(tenant.tenantKey, target.userId);
    const { userId, ...key } = target;
    const change = entry.body.kind === 'unlock_granted' ? grant : revoke;
    const effects = change(tenant.catalogue, user.state, { ...key, at: entry.at, cause: entry.entryId });
    this.#addEffects(batch, effects, { tenantId: entry.tenantId, tenantKey: tenant.tenantKey, userKey: user.userKey, userId, index: 0 });
  }

  async #publish(tenant: Tenant, entry: ControlEntry, seq: number): Promise<void> {
    if (entry.body.kind !== 'pack_published') return;
    const parsed = parsePack(JSON.parse(entry.body.contentJson));
    if (!parsed.ok) throw new Error('an invalid pack came through the door');
    const pack = parsed.value;
    const versions = await versionsBefore(this.#pool, { tenantKey: tenant.tenantKey, sequence: seq });
    const plan = tenant.catalogue.planPublish(pack, (slug) => (versions.get(slug) ?? 0) + 1);
    const made = plan.changes.filter(({ change }) => change === 'added' || change === 'changed');
    const published = await publishDefinitions(this.#pool, {
      tenantKey: tenant.tenantKey,
      pack: pack.pack,
      logSeq: seq,
      publishedAt: entry.at,
      publishedBy: entry.actor,
      content: { xpRules: pack.xpRules, ranks: pack.ranks },
      versions: made.map(({ slug, version }) => ({ slug, version, definition: pack.achievements.find((a) => a.slug === slug) })),
      retired: plan.changes.filter(({ change }) => change === 'retired').map(({ slug }) => slug),
    });
    const keys = new Map(published.map(({ slug, definitionKey }) => [slug, definitionKey]));
    tenant.catalogue = tenant.catalogue.publish(pack, plan, { sequence: seq, publishedAt: entry.at, keyOf: (slug) => keys.get(slug) ?? 0 });
  }

  #newBatch(partition: number, newSeq: number): MutableBatch {
    const position = this.#positions.get(partition);
    if (position === undefined) throw new Error(`partition ${partition} is not of this install`);
    return {
      partition,
      epoch: position.epoch,
      oldSeq: position.lastSeq,
      newSeq,
      events: emptyEventColumns(),
      userStates: [],
      unlocks: [],
      revocations: [],
      xp: [],
      outbox: [],
    };
  }

  #addEffects(
    batch: MutableBatch,
    effects: Effects,
    at: { tenantId: string; tenantKey: number; userKey: number; userId: string; index: number },
  ): void {
    const { tenantId, tenantKey, userKey, userId, index } = at;
    for (const effect of effects.unlocks) {
      const { slug } = effect.definition;
      const unlockId = deriveUnlockId({ tenantId, userId, slug, level: effect.level, period: effect.period });
      if (effect.restored) {
        batch.revocations.push({ tenantKey, unlockId, revokedAt: null, revokedReason: null });
        continue;
      }
      const { level, period, value, threshold, xpReward, xpTotal, unlockedAt, causedBy, message, backfilled } = effect;
      const version = effect.definition.version;
      const row = { tenantKey, userKey, unlockId, slug, level, period, version, value, threshold, xpReward, xpTotal, unlockedAt, causedBy };
      const place = { logSeq: batch.newSeq, logIndex: index, ordinal: batch.unlocks.length };
      batch.unlocks.push({ ...row, ...place, message, backfilled, evidence: [causedBy] });
    }
    for (const { slug, level, period, revokedAt, reason } of effects.revocations) {
      const unlockId = deriveUnlockId({ tenantId, userId, slug, level, period });
      batch.revocations.push({ tenantKey, unlockId, revokedAt, revokedReason: reason });
    }
    for (const { entryKey, ...entry } of effects.xp) {
      const entryId = deriveXpEntryId(tenantId, userId, entryKey);
      batch.xp.push({ tenantKey, userKey, entryId, ...entry, logSeq: batch.newSeq, ordinal: batch.xp.length });
    }
  }

  async #commit(batch: MutableBatch, tenantKey: number, userIds: ReadonlySet<string>): Promise<void> {
    for (const userId of userIds) {
      const { userKey, state } = await this.#user(tenantKey, userId);
      batch.userStates.push({ tenantKey, userKey, state: encodeState(state) });
    }
    await commitBatch(this.#pipeline, batch);
    this.#positions.set(batch.partition, { epoch: batch.epoch, lastSeq: batch.newSeq });
  }

  async #tenant(tenantId: string): Promise<Tenant> {
    const known = this.#tenants.get(tenantId);
    if (known !== undefined) return known;
    const { tenantKey } = await ensureTenant(this.#pool, tenantId);
    const tenant = { tenantKey, catalogue: Catalogue.empty() };
    this.#tenants.set(tenantId, tenant);
    return tenant;
  }

  async #user(tenantKey: number, userId: string): Promise<{ userKey: number; state: UserState }> {
    const key = `${tenantKey}:${userId}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const [loaded] = await loadUsers(this.#pool, { tenantKey, userIds: [userId] });
    if (loaded === undefined) throw new Error('a user can neither be found nor made');
    const user = { userKey: loaded.userKey, state: loaded.state === null ? emptyState() : decodeState(loaded.state) };
    this.#states.set(key, user);
    return user;
  }
}
