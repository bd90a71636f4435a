import { LOG_CONTROL_SUBJECTS, LOG_STREAM, logPartitionSubjects, logTeamSubjects } from '@cairn/contracts';
import { type PartitionPosition, type PendingRecountRow, TEAMS_PARTITION } from '@cairn/store';
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { CoalescedRead } from './CoalescedRead.js';
import { DoorBacklog } from './DoorBacklog.js';
import type { EvaluatedPositions } from './EvaluatedPositions.js';

/** How far the evaluation is behind what was accepted. */
export interface Standing {
  lastSequence: number;
  /** All that the log holds up to here is committed. */
  evaluatedSequence: number;
  /** 0 when all that was accepted is committed. */
  lag: number;
  partitions: PartitionStanding[];
  /** What publications and settings asked for, and is not done yet for all users. Each counts as one that lags. */
  recounts: PendingRecountRow[];
  /** The loop of the teams; null in a database that has none yet. */
  teams: LoopStanding | null;
}

export interface PartitionStanding extends LoopStanding {
  partition: number;
}

export interface LoopStanding {
  /** The newest entry that concerns it. */
  lastSequence: number;
  evaluatedSequence: number;
  owner: string | null;
}

/**
 * Compares the doors, the log and the positions. The order of the looks matters: an event goes from the door to the log to a
 * position, and each look is at a place that comes before the next, or it could slip through between them and the lag be 0 too early.
 */
export class LogStanding {
  readonly #js: JetStreamClient;
  readonly #positions: EvaluatedPositions;
  readonly #door: DoorBacklog;
  readonly #coalesced = new CoalescedRead(() => this.#look());

  constructor(nats: NatsConnection, positions: EvaluatedPositions) {
    this.#js = jetstream(nats);
    this.#positions = positions;
    this.#door = new DoorBacklog(nats);
  }

  read(): Promise<Standing> {
    return this.#coalesced.get();
  }

  async #look(): Promise<Standing> {
    const manager = await this.#js.jetstreamManager(false);
    const doorBacklog = await this.#door.read();
    const lastSequence = (await manager.streams.info(LOG_STREAM)).state.last_seq;
    const positions = await this.#positions.read();
    // What a partition hands on to another has left the one by now, and is not looked for in the other yet.
    const forwards = await this.#positions.forwards();
    const partitions = await standingsOf(
      manager,
      positions.filter(({ partition }) => partition !== TEAMS_PARTITION),
    );
    const teams = await this.#standingOfTeams(manager, positions.find(({ partition }) => partition === TEAMS_PARTITION) ?? null);
    // A recount is begun in the transaction that moves the position past what asks for it.
    const recounts = await this.#positions.recounts();
    const late = [...partitions, ...(teams === null ? [] : [teams])].filter(isBehind);
    const evaluatedSequence = Math.min(lastSequence, ...late.map((partition) => partition.evaluatedSequence));
    // An entry that came in after the first look can be behind without the last sequence telling.
    const entriesBehind = late.length === 0 ? 0 : Math.max(1, lastSequence - evaluatedSequence);
    return { lastSequence, evaluatedSequence, lag: entriesBehind + doorBacklog + forwards + recounts.length, partitions, recounts, teams };
  }

  /** Which tenants have teams is asked after the position: at one before the first achievement of teams, its publication is behind. */
  async #standingOfTeams(manager: JetStreamManager, position: PartitionPosition | null): Promise<LoopStanding | null> {
    if (position === null) return null;
    const { lastSeq, owner } = position;
    const waiting: (Stretch | null)[] = [];
    for (const subject of logTeamSubjects(await this.#positions.tenantsWithTeams())) waiting.push(await behind(manager, subject, lastSeq));
    return { ...standingOf(lastSeq, waiting), owner };
  }
}

export function isBehind({ lastSequence, evaluatedSequence }: LoopStanding): boolean {
  return lastSequence > evaluatedSequence;
}

/** Entries that concern a loop and are not evaluated. */
interface Stretch {
  first: number;
  last: number;
}

async function standingsOf(manager: JetStreamManager, positions: readonly PartitionPosition[]): Promise<PartitionStanding[]> {
  const control = await behind(manager, LOG_CONTROL_SUBJECTS, Math.min(...positions.map(({ lastSeq }) => lastSeq)));
  return Promise.all(
    positions.map(async ({ partition, lastSeq, owner }) => {
      const own = await behind(manager, logPartitionSubjects(partition), lastSeq);
      // It may have passed the first of those that others have still before them.
      const isPassed = control !== null && control.first <= lastSeq;
      const controlBehind = isPassed ? await behind(manager, LOG_CONTROL_SUBJECTS, lastSeq) : control;
      return { partition, ...standingOf(lastSeq, [own, controlBehind]), owner };
    }),
  );
}

/** What lies between its position and the first entry that waits concerns others: nothing up to there is left to do. */
function standingOf(position: number, waiting: readonly (Stretch | null)[]): Pick<LoopStanding, 'lastSequence' | 'evaluatedSequence'> {
  const stretches = waiting.filter((stretch) => stretch !== null);
  if (stretches.length === 0) return { lastSequence: position, evaluatedSequence: position };
  return {
    lastSequence: Math.max(...stretches.map(({ last }) => last)),
    evaluatedSequence: Math.min(...stretches.map(({ first }) => first)) - 1,
  };
}

/**
 * The entries on the subjects behind a place, if there are any. Asked of the stream's leader, since a follower may not have them
 * yet; and asked first for the next one, since that answer is small where there is none.
 */
async function behind(manager: JetStreamManager, subjects: string, after: number): Promise<Stretch | null> {
  // The client's types do not know this form of the request; the server does since 2.9.
  const nextOf = { seq: after + 1, next_by_subj: subjects };
  const next = await manager.streams.getMessage(LOG_STREAM, nextOf);
  if (next === null) return null;
  const last = await manager.streams.getMessage(LOG_STREAM, { last_by_subj: subjects });
  return { first: next.seq, last: Math.max(next.seq, last?.seq ?? 0) };
}
