import { type CairnEvent, encodeControlEntry, encodeEventBatch, logControlSubject, logSubject, partitionOf } from '@cairn/contracts';
import { Catalogue, decodeTeamState, progress } from '@cairn/engine';
import { createLogger } from '@cairn/runtime';
import { StoreError, TEAMS_PARTITION } from '@cairn/store';
import { eventually } from '@cairn/testing';
import { SeededRandom } from '@cairn/testing/random';
import { expect, it } from 'vitest';
import { RECOUNT_TEAMS_MAX, RECOUNT_TEAMS_PER_COMMIT } from '../limits.js';
import { PartitionWorker } from '../partition/PartitionWorker.js';
import { anEvent } from '../testing/anEvent.js';
import { anAchievement, catalogueOf } from '../testing/catalogueOf.js';
import { MemoryLog } from '../testing/MemoryLog.js';
import { MemoryStore } from '../testing/MemoryStore.js';
import { MemoryTeamStore } from '../testing/MemoryTeamStore.js';
import { PartitionProgress } from './PartitionProgress.js';
import { TeamWorker } from './TeamWorker.js';

const PARTITIONS = 2;
const logger = createLogger({ name: 'test', level: 'silent', pretty: 'off' });
const everyTwo = anAchievement(
  'two',
  { type: 'count', event: 'build.succeeded', threshold: 2 },
  { scope: 'team', repeat: 'every_threshold' },
);
const published = catalogueOf(everyTwo);

/** Two partitions and the loop of the teams over one log, each of which may fail at any call and be taken over at any time. */
class Play {
  readonly log = new MemoryLog();
  readonly stores: MemoryStore[];
  readonly teamStore: MemoryTeamStore;
  readonly #random: SeededRandom;
  readonly #workers: { stop(): Promise<void> }[] = [];

  constructor(random: SeededRandom, publishedAt: number, { failures }: { failures: number } = { failures: 0.06 }) {
    this.#random = random;
    const interfere: MemoryStore['interfere'] = async (call, when) => {
      await random.turns(4);
      if (!random.chance(failures)) return;
      // After a commit: the connection is lost before the answer comes.
      throw new StoreError(call === 'commit' && when === 'before' && random.chance(0.5) ? 'retryable' : 'connection', 'by chance');
    };
    this.stores = Array.from({ length: PARTITIONS }, () => new MemoryStore(() => Catalogue.empty(), interfere));
    this.teamStore = new MemoryTeamStore(() => published, { partitions: this.stores, publishedAt }, interfere);
  }

  append(events: readonly CairnEvent[]): void {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = events.filter((event) => partitionOf('default', event.userId, PARTITIONS) === partition);
      if (own.length > 0) this.log.append(logSubject(partition, 'default'), encodeEventBatch({ tenantId: 'default', events: own }));
    }
  }

  publish(): number {
    const contentJson = JSON.stringify({ pack: 'test', achievements: [everyTwo] });
    const body = { kind: 'pack_published' as const, pack: 'test', contentJson };
    const entry = encodeControlEntry({ entryId: 'publication', tenantId: 'default', at: 0, actor: 'test', body });
    return this.log.append(logControlSubject('default', body.kind), entry);
  }

  startPartitions(): void {
    for (const [partition, store] of this.stores.entries()) this.#start(new PartitionWorker(this.#ports(store), { partition, epoch: 1 }));
  }

  startTeams(): TeamWorker {
    const progressOfPartitions = new PartitionProgress();
    const ports = { ...this.#ports(this.teamStore), progress: progressOfPartitions };
    return this.#start(new TeamWorker(ports, { partition: TEAMS_PARTITION, epoch: this.teamStore.epoch }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  #start<Worker extends { start(): void; stop(): Promise<void> }>(worker: Worker): Worker {
    this.#workers.push(worker);
    worker.start();
    return worker;
  }

  #ports<Store extends MemoryStore>(store: Store) {
    const events = { committed: () => undefined, fenced: () => undefined };
    return { partitions: PARTITIONS, store, log: this.log, logger, events, pause: () => this.#random.turns(3) };
  }
}

// proves: teams-once
it('counts an event for its team once, and leaves none out, whatever fails, whoever takes over and whenever it is published', async () => {
  for (let seed = 1; seed <= 100; seed++) await survive(seed);
});

async function survive(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const publishAfter = random.below(20);
  const sent: CairnEvent[] = [];
  const out = new Set<string>();
  const counted = new Map<string, string[]>();
  const batches = Array.from({ length: 20 }, () =>
    Array.from({ length: 1 + random.below(5) }, () => {
      const earlier = sent[random.below(sent.length)];
      if (earlier !== undefined && random.chance(0.2)) return earlier;
      const event = randomEvent(random, sent.length);
      sent.push(event);
      return event;
    }),
  );
  const play = new Play(random, placeOfPublication(batches, publishAfter));
  play.startPartitions();
  let teams = play.startTeams();
  let last = 0;
  for (const [i, batch] of batches.entries()) {
    if (i === publishAfter) last = play.publish();
    play.append(batch);
    await random.turns(6);
    if (random.chance(0.1)) play.log.breakReaders();
    if (random.chance(0.1)) {
      // The old owner goes on as if nothing were.
      play.teamStore.epoch++;
      const old = teams;
      teams = play.startTeams();
      await random.turns(6);
      await old.stop();
    }
  }
  last = Math.max(last, play.log.append(logControlSubject('default', 'tenant_configured'), configuration()));
  await eventually(() => expect(play.teamStore.lastSeq).toBe(last));
  await play.stop();

  // In the order of the log, which is that of the batches and in them of the partitions.
  const seen = new Set<string>();
  for (const event of batches.flatMap((batch) => inLogOrder(batch))) {
    if (seen.has(event.eventId)) continue;
    seen.add(event.eventId);
    if (event.type === 'privacy.opted_out') out.add(event.userId);
    if (event.type === 'privacy.opted_in') out.delete(event.userId);
    if (event.type !== 'build.succeeded' || event.teamId === null || out.has(event.userId)) continue;
    counted.set(event.teamId, [...(counted.get(event.teamId) ?? []), event.eventId]);
  }
  for (const team of TEAMS) {
    const userKey = play.teamStore.owners.team.get(team);
    const ids = counted.get(team) ?? [];
    const state = play.teamStore.states.get(`1:${userKey}`);
    const value = state === undefined ? 0 : progress(published.ofTeams, decodeTeamState(state), 0)[0]?.value;
    expect(value, `seed ${seed}, team ${team}`).toBe(ids.length);
    const unlocks = [...play.teamStore.unlocks.values()].filter((row) => row.userKey === userKey);
    const causes = unlocks.sort((a, b) => Number(a.period?.slice(1)) - Number(b.period?.slice(1))).map(({ causedBy }) => causedBy);
    expect(causes, `seed ${seed}, team ${team}`).toEqual(ids.filter((_, i) => i % 2 === 1));
  }
  expect(play.teamStore.xp.size).toBe(0);
}

const TEAMS = ['red', 'blue'];

function randomEvent(random: SeededRandom, number: number): CairnEvent {
  const user = `user-${random.below(6)}`;
  const id = `e-${number}`;
  if (random.chance(0.15)) return anEvent({ id, user, type: random.chance(0.5) ? 'privacy.opted_out' : 'privacy.opted_in' });
  return anEvent({ id, user, ...(random.chance(0.8) ? { team: TEAMS[random.below(2)] as string } : {}) });
}

function inLogOrder(batch: readonly CairnEvent[]): CairnEvent[] {
  const partitions = Array.from({ length: PARTITIONS }, (_, i) => i);
  return partitions.flatMap((partition) => batch.filter(({ userId }) => partitionOf('default', userId, PARTITIONS) === partition));
}

/** The sequence that the publication will have: one entry for each partition that a batch before it has events of, and one. */
function placeOfPublication(batches: readonly (readonly CairnEvent[])[], publishAfter: number): number {
  const entries = batches
    .slice(0, publishAfter)
    .map((batch) => new Set(batch.map(({ userId }) => partitionOf('default', userId, PARTITIONS))).size);
  return entries.reduce((sum, count) => sum + count, 0) + 1;
}

function configuration(): Buffer {
  const body = { kind: 'tenant_configured' as const, timezone: 'Europe/Berlin', tierOrder: null };
  return encodeControlEntry({ entryId: 'configuration', tenantId: 'default', at: 0, actor: 'test', body });
}

it('recounts more teams than it holds in memory, slice by slice', async () => {
  const play = new Play(new SeededRandom(0), 3, { failures: 0 });
  const teamIds = Array.from({ length: RECOUNT_TEAMS_MAX * 2 + 1 }, (_, i) => `team-${i}`);
  const round = (name: string) => teamIds.map((team) => anEvent({ id: `${name}-${team}`, user: 'ada', team }));
  play.append(round('first'));
  play.append(round('second'));
  const last = play.publish();
  play.startPartitions();
  play.startTeams();
  await eventually(() => expect(play.teamStore.lastSeq).toBe(last), { timeoutMs: 30_000 });
  await play.stop();
  expect(play.teamStore.unlocks.size).toBe(teamIds.length);
  for (const [team, userKey] of play.teamStore.owners.team) {
    const unlock = play.teamStore.unlocks.get(`${userKey}:two::#1`);
    expect(unlock).toMatchObject({ backfilled: true, causedBy: `second-${team}`, evidence: [`first-${team}`, `second-${team}`] });
  }
  for (const { unlocks } of play.teamStore.batches) expect(unlocks.length).toBeLessThanOrEqual(RECOUNT_TEAMS_PER_COMMIT);
});
