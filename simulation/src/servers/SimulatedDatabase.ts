import { CairnError, type EventIdentity } from '@cairn/contracts';
import type { AliasStore, IdentityStore } from '@cairn/ingest/parts';
import { hashText } from '@cairn/ingest/parts';
import {
  type EvaluationStore,
  type LeaseStore,
  type LoadedUser,
  OUTBOX_LEFT_BEHIND_SECONDS,
  type OutboxStore,
  type OwnedPartition,
  type TeamStore,
} from '@cairn/rule-evaluator/parts';
import {
  type CommittedBatch,
  type EvaluationBatch,
  type ListedUnlock,
  partitionOfNobody,
  type StoredUnlock,
  StoreError,
} from '@cairn/store';
import { type Actor, anActor } from '../world/Actor.js';
import type { Connection } from '../world/Network.js';
import type { Surroundings } from '../world/Surroundings.js';
import { recountStore } from './recountStore.js';
import { type EventRow, identityName, type Tables } from './Tables.js';

/** How soon a client hears that its connection is gone. */
const CONNECTION_LOST_MS = 5;
const TENANT_KEY = 1;
const TENANT_ID = 'default';

/** PostgreSQL, and what a process says to it. It never dies here; connections do. */
export class SimulatedDatabase {
  readonly actor = anActor('postgres');
  readonly #world: Surroundings;
  #tables: Tables | undefined;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  get tables(): Tables {
    if (this.#tables === undefined) throw new Error('the database was not made');
    return this.#tables;
  }

  make(tables: Tables): void {
    this.#tables = tables;
  }

  /** The connection that the partitions of a process share: transactions go over it in order. */
  commits(from: Actor): (batches: readonly EvaluationBatch[]) => Promise<CommittedBatch[]> {
    const connection = this.#world.network.connect();
    return (batches) => {
      const what = `commit ${batches.map(({ partition, oldSeq, newSeq }) => `${partition}: ${oldSeq} to ${newSeq}`).join(', ')}`;
      return this.#call({ from, what, over: connection }, () => this.tables.commit(batches, this.#world.scheduler.now));
    };
  }

  /** The pool of a process, and what commits for it. */
  evaluationStore(from: Actor, of: { committer: Pick<EvaluationStore, 'commit'>; owned: OwnedPartition }): TeamStore {
    const { committer, owned } = of;
    const read = <T>(what: string, effect: () => T): Promise<T> => this.#call({ from, what }, effect);
    const { tables } = this;
    return {
      recounts: recountStore(tables, read),
      position: ({ partition, epoch }) =>
        read('read the position', () => {
          const row = tables.partitions.get(partition);
          return row === undefined || row.epoch !== epoch ? null : row.lastSeq;
        }),
      tenantKey: () => read('read the tenant', () => TENANT_KEY),
      tenantsAt: () => read('list tenants', () => [TENANT_ID]),
      catalogue: ({ atSequence }) => read('read the catalogue', () => tables.versions.at(atSequence)),
      loadUsers: (_, userIds, kind = 'user') =>
        read(`load ${kind}s`, () => {
          const isOwner = tables.partitions.get(owned.partition)?.epoch === owned.epoch;
          return userIds.map((userId) => {
            const who = { kind, name: userId };
            if (!isOwner && tables.findKey(who) === undefined)
              throw new StoreError('retryable', `${userId} is not made for an owner of before`);
            return loaded(tables, { userKey: tables.keyOf(who), userId });
          });
        }),
      findIdentities: (of) =>
        read('find identities', () =>
          tables
            .find([
              ...of.eventIdHashes.map((hash) => identityName('event', hash)),
              ...of.keyHashes.map((hash) => identityName('key', hash)),
              ...of.fingerprints.map((hash) => identityName('fingerprint', hash)),
            ])
            .map((row) => ({ ...row, isErased: partitionOfNobody(row.userKey) !== null })),
        ),
      heldUnlocks: (_, userKeys) =>
        read('read what is held', () =>
          userKeys.map((userKey) => ({
            userKey,
            unlocks: tables.unlocks.filter((row) => row.userKey === userKey).map((row) => ({ ...row, revoked: row.revokedAt !== null })),
            xpTotal: tables.xp.reduce((sum, row) => (row.userKey === userKey ? sum + row.amount : sum), 0),
          })),
        ),
      unlock: ({ unlockId }) => read('read an unlock', () => listed(tables, unlockId)),
      commit: (batch) => committer.commit(batch),
      versionsBefore: ({ sequence }) => read('read versions', () => tables.versions.before(sequence)),
      publish: (publication) => read('publish', () => tables.versions.publish(publication)),
      configureTenant: () => Promise.reject(new Error('nothing is set in this world')),
      countEvents: (of) => read('count events', () => tables.countEvents(of)),
      forgetAliases: (of) => read('forget aliases', () => tables.aliases.forget(of)),
      unlocksOf: ({ userKeys }) => read('read unlocks', () => storedUnlocks(tables, userKeys)),
      positions: () =>
        read('read all positions', () => new Map([...tables.partitions].map(([partition, { lastSeq }]) => [partition, lastSeq]))),
      tenantsWithTeams: (atSequence) => read('ask for teams', () => (tables.versions.hasTeams(atSequence) ? [TENANT_ID] : [])),
      teams: ({ after, limit }) =>
        read('list teams', () =>
          [...tables.all('team').keys()]
            .sort()
            .filter((name) => after === null || name > after)
            .slice(0, limit),
        ),
      findMembers: (_, userIds) =>
        read('find members', () =>
          userIds.flatMap((userId) => {
            const userKey = tables.findKey({ kind: 'member', name: userId });
            return userKey === undefined || !tables.states.has(userKey) ? [] : [loaded(tables, { userKey, userId })];
          }),
        ),
      aliases: ({ atSequence }) => read('read aliases', () => [...tables.aliases.at(atSequence)]),
      addAlias: ({ tenantKey: _, ...alias }, { partition, epoch }) =>
        read('add an alias', () => {
          if (tables.partitions.get(partition)?.epoch === epoch) tables.aliases.add(alias);
        }),
      mergedInto: () => Promise.resolve(null),
      addTenantMerge: () => Promise.reject(new Error('there is one tenant in this world')),
      close: () => Promise.resolve(),
    };
  }

  leases(from: Actor): LeaseStore {
    const { tables } = this;
    const now = (): number => this.#world.scheduler.now;
    return {
      heartbeat: (owner, ttlSeconds) =>
        this.#call({ from, what: 'heartbeat' }, () => {
          tables.evaluators.set(owner, now() + ttlSeconds * 1_000);
          const living = [...tables.evaluators].filter(([, until]) => until > now()).map(([name]) => name);
          return { evaluators: living.length, before: living.filter((name) => name < owner).length };
        }),
      acquire: ({ owner, want, leaseSeconds }) =>
        this.#call({ from, what: 'acquire partitions' }, () => {
          const until = now() + leaseSeconds * 1_000;
          const owned: OwnedPartition[] = [];
          for (const [partition, row] of tables.partitions) {
            if (row.owner !== owner) continue;
            row.leaseUntil = until;
            owned.push({ partition, epoch: row.epoch });
          }
          for (const [partition, row] of tables.partitions) {
            if (owned.length >= want) break;
            if (row.owner === owner || (row.owner !== null && row.leaseUntil > now())) continue;
            Object.assign(row, { owner, leaseUntil: until, epoch: row.epoch + 1 });
            owned.push({ partition, epoch: row.epoch });
          }
          return owned;
        }),
      release: (owner, partitions) =>
        this.#call({ from, what: 'release partitions' }, () => {
          for (const partition of partitions) this.#release(owner, partition);
        }),
      leave: (owner) =>
        this.#call({ from, what: 'leave' }, () => {
          for (const partition of tables.partitions.keys()) this.#release(owner, partition);
          tables.evaluators.delete(owner);
        }),
    };
  }

  outbox(from: Actor): OutboxStore {
    const { tables } = this;
    return {
      takeLeftBehind: ({ afterId, rowsMax }) =>
        this.#call({ from, what: 'take what was left in the outbox' }, () =>
          [...tables.outbox.values()]
            .filter(({ id, createdAt }) => id > afterId && createdAt + OUTBOX_LEFT_BEHIND_SECONDS * 1_000 <= this.#world.scheduler.now)
            .slice(0, rowsMax),
        ),
      delete: (ids) =>
        this.#call({ from, what: 'delete from the outbox' }, () => {
          for (const id of ids) tables.outbox.delete(id);
        }),
    };
  }

  /** As a door looks for them. */
  aliases(from: Actor): AliasStore {
    const all = () => this.tables.aliases.at(Number.POSITIVE_INFINITY);
    return {
      state: () => this.#call({ from, what: 'look for aliases' }, () => `${all().length}:${all().at(-1)?.logSeq ?? 0}`),
      list: (limit) =>
        this.#call({ from, what: 'list aliases' }, () =>
          all()
            .slice(-limit)
            .map(({ alias, userId }) => ({ tenantId: TENANT_ID, alias, userId })),
        ),
    };
  }

  identities(from: Actor): IdentityStore {
    return {
      find: async (_, identities) => {
        try {
          return await this.#call({ from, what: 'look identities up' }, () =>
            this.tables.find(identities.flatMap(namesOf)).map(toKnownEvent),
          );
        } catch (cause) {
          throw new CairnError('unavailable', 'earlier events cannot be looked up at the moment', { cause });
        }
      },
    };
  }

  #release(owner: string, partition: number): void {
    const row = this.tables.partitions.get(partition);
    if (row?.owner === owner) row.owner = null;
  }

  #call<T>({ from, what, over }: { from: Actor; what: string; over?: Connection }, effect: () => T): Promise<T> {
    return this.#world.network.call({
      from,
      to: this.actor,
      what,
      ...(over === undefined ? {} : { over }),
      faults: this.#world.weather.database,
      lost: { error: () => new StoreError('connection', 'the connection was lost'), afterMs: CONNECTION_LOST_MS },
      refusal: () => new StoreError('retryable', 'a deadlock was detected'),
      effect,
    });
  }
}

function loaded(tables: Tables, { userKey, userId }: { userKey: number; userId: string }): LoadedUser {
  const row = tables.states.get(userKey);
  return { userKey, userId, state: row?.state ?? null, lastSeq: row?.lastSeq ?? null };
}

function listed(tables: Tables, unlockId: string): ListedUnlock | null {
  const row = tables.unlocks.find((unlock) => unlock.unlockId === unlockId);
  if (row === undefined) return null;
  const owner = tables.owners.get(row.userKey);
  const name = owner?.name ?? null;
  return { ...row, userId: owner?.kind === 'user' ? name : null, teamId: owner?.kind === 'team' ? name : null, evidence: [], unlockId };
}

function storedUnlocks(tables: Tables, userKeys: readonly number[]): StoredUnlock[] {
  return tables.unlocks
    .filter(({ userKey }) => userKeys.includes(userKey))
    .sort((a, b) => a.logSeq - b.logSeq || a.ordinal - b.ordinal)
    .map((row) => ({ ...row, unlockId: String(row.unlockId), evidence: [] }));
}

function namesOf({ eventIdHash, keyHash, fingerprint }: EventIdentity): string[] {
  return [
    identityName('event', eventIdHash),
    ...(keyHash === null ? [] : [identityName('key', keyHash)]),
    ...(fingerprint === null ? [] : [identityName('fingerprint', fingerprint)]),
  ];
}

function toKnownEvent(row: EventRow) {
  return {
    eventId: row.eventId,
    sequence: row.sequence,
    eventIdHash: hashText(row.eventIdHash),
    keyHash: row.keyHash === null ? null : hashText(row.keyHash),
    fingerprint: row.fingerprint === null ? null : hashText(row.fingerprint),
    payloadHash: hashText(row.payloadHash),
  };
}
