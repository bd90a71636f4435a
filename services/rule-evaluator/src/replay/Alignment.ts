import { logTeamSubjects } from '@cairn/contracts';
import {
  type Database,
  type GenerationNames,
  type GenerationPositions,
  generationPositions,
  holdPartitions,
  inTransaction,
  type Queryable,
  StoreError,
  TEAMS_PARTITION,
  tenantsWithTeams,
} from '@cairn/store';
import { REPLAY_HOLD_LOOK_MS, REPLAY_HOLD_MS_MAX, REPLAY_NEAR_ENTRIES } from '../limits.js';
import type { ReplayBounds } from './ReplayBounds.js';
import type { ReplayLog } from './ReplayLog.js';

export interface AlignmentPorts {
  live: Database;
  generation: Database;
  names: GenerationNames;
  tenantId: string | null;
  log: ReplayLog;
  bounds: ReplayBounds;
  /** Set where nobody evaluates the live generation: then the log is rebuilt up to here. */
  target: number | null;
  moved(withinMs: number): Promise<void>;
  signal: AbortSignal;
}

/** How far a replay has come. */
export interface Standing {
  done: number;
  total: number;
  isNear: boolean;
  /** Of the rebuilt generation: it has moved if this has. */
  sum: number;
  pendingLive: number;
  pendingRebuilt: number;
}

/** Brings both generations to the same place of the log. */
export class Alignment {
  readonly #ports: AlignmentPorts;
  /** At the last look. */
  #done = Number.POSITIVE_INFINITY;

  constructor(ports: AlignmentPorts) {
    this.#ports = ports;
  }

  /** Lets the replay follow to where the live partitions are now, and tells how far it is. */
  async look(): Promise<Standing> {
    const { live, names, tenantId } = this.#ports;
    const at = await generationPositions(live.pool, names, tenantId);
    const wanted = this.#wanted(at.live);
    this.#ports.bounds.raise(wanted);
    let done = 0;
    let total = 0;
    for (const [partition, to] of wanted) {
      // The loop of the teams moves only where it finds something.
      if (partition === TEAMS_PARTITION) continue;
      const from = at.rebuilt.get(partition) ?? 0;
      total += to;
      done += (await this.#isPast(partition, { from, to })) ? to : from;
    }
    const reach = Math.max(REPLAY_NEAR_ENTRIES, done - this.#done);
    this.#done = done;
    const isNear = total - done <= reach && (await this.#areTeamsNear(at, reach));
    const sum = [...at.rebuilt.values()].reduce((all, position) => all + position, 0);
    return { done, total, isNear, sum, pendingLive: at.pendingLive, pendingRebuilt: at.pendingRebuilt };
  }

  /**
   * Calls `work` while the live partitions stand still and the rebuilt ones stand where they do. Answers null where that could not
   * be brought about in a short time, for which the live ones would have had to wait.
   */
  async hold<Result>(work: (client: Queryable, sequence: number) => Promise<Result>): Promise<Result | null> {
    const { live, names, bounds } = this.#ports;
    try {
      return await inTransaction(live.pool, async (client) => {
        await client.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${REPLAY_HOLD_MS_MAX}`);
        const wanted = this.#wanted(await holdPartitions(client, names));
        bounds.raise(wanted);
        if (!(await this.#reach(client, wanted))) return null;
        return await work(client, Math.max(0, ...wanted.values()));
      });
    } catch (error) {
      // Somebody uses the tables for long, or waits for us: later then.
      if (error instanceof StoreError && error.code === 'retryable') return null;
      throw error;
    }
  }

  async #areTeamsNear(at: GenerationPositions, reach: number): Promise<boolean> {
    const to = this.#wanted(at.live).get(TEAMS_PARTITION) ?? 0;
    return this.#isPast(TEAMS_PARTITION, { from: at.rebuilt.get(TEAMS_PARTITION) ?? 0, to: to - reach });
  }

  #wanted(live: ReadonlyMap<number, number>): ReadonlyMap<number, number> {
    const { target } = this.#ports;
    return target === null ? live : new Map([...live.keys()].map((partition) => [partition, target]));
  }

  async #reach(client: Queryable, wanted: ReadonlyMap<number, number>): Promise<boolean> {
    const until = performance.now() + REPLAY_HOLD_MS_MAX;
    while (performance.now() < until && !this.#ports.signal.aborted) {
      const at = await generationPositions(client, this.#ports.names, this.#ports.tenantId);
      // It may take long, and the live partitions must not wait for it.
      if (at.pendingLive > 0) return false;
      if (at.pendingRebuilt === 0 && (await this.#isReached(at, wanted))) return true;
      await this.#ports.moved(REPLAY_HOLD_LOOK_MS);
    }
    return false;
  }

  async #isReached(at: GenerationPositions, wanted: ReadonlyMap<number, number>): Promise<boolean> {
    for (const [partition, to] of wanted) {
      if (!(await this.#isPast(partition, { from: at.rebuilt.get(partition) ?? 0, to }))) return false;
    }
    return true;
  }

  /** Also where nothing lies between for the partition to read: entries that were erased leave holes. */
  async #isPast(partition: number, { from, to }: { from: number; to: number }): Promise<boolean> {
    if (from >= to) return true;
    const { log, signal } = this.#ports;
    return !(await log.holdsAny(await this.#readerOf(partition, from), { after: from, before: to + 1, signal }));
  }

  /** The loop of the teams asks for the more, the more tenants have any. */
  async #readerOf(partition: number, from: number): Promise<{ partition: number; subjects?: readonly string[] }> {
    if (partition !== TEAMS_PARTITION) return { partition };
    const tenantIds = await tenantsWithTeams(this.#ports.generation.pool, { atSequence: from });
    return { partition, subjects: logTeamSubjects(tenantIds) };
  }
}
