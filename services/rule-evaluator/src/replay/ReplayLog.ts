import { LOG_CONTROL_SUBJECTS, logControlSubject, logPartitionSubjects, logSubject } from '@cairn/contracts';
import { TEAMS_PARTITION } from '@cairn/store';
import type { EvaluationLog, HistoryOf, LogReader, RawEntry, ReadFrom } from '../log/EvaluationLog.js';
import { BoundedReader } from './BoundedReader.js';
import type { ReplayBounds } from './ReplayBounds.js';
import type { ReplaySource } from './ReplaySource.js';

/** What lies between two places of the log. */
export interface Stretch {
  after: number;
  before: number;
  signal: AbortSignal;
}

/** The log as a replay reads it: as far as the live partitions have come, and of one tenant where only that is wanted. */
export class ReplayLog implements EvaluationLog {
  readonly #source: ReplaySource;
  readonly #bounds: ReplayBounds;
  readonly #tenantId: string | null;

  constructor(source: ReplaySource, of: { bounds: ReplayBounds; tenantId: string | null }) {
    this.#source = source;
    this.#bounds = of.bounds;
    this.#tenantId = of.tenantId;
  }

  async open(from: ReadFrom): Promise<LogReader> {
    const { partition } = from;
    const subjects = this.#narrow(partition, from.subjects);
    return new BoundedReader(await this.#source.open({ ...from, subjects }), { bounds: this.#bounds, partition });
  }

  history(of: HistoryOf): AsyncIterable<RawEntry> {
    return this.#source.history(of);
  }

  /** Whether the partition has something to read between two places. `subjects`: what it asks for, where it says so. */
  async holdsAny(from: { partition: number; subjects?: readonly string[] }, of: Stretch): Promise<boolean> {
    return this.#source.holdsAny(this.#narrow(from.partition, from.subjects), of);
  }

  #narrow(partition: number, asked: readonly string[] | undefined): readonly string[] {
    const tenantId = this.#tenantId;
    if (tenantId === null) return asked ?? [logPartitionSubjects(partition), LOG_CONTROL_SUBJECTS];
    const control = logControlSubject(tenantId, '*');
    if (partition !== TEAMS_PARTITION) return [logSubject(partition, tenantId), control];
    const ofTenant = logSubject('*', tenantId);
    return asked === undefined || asked.includes(ofTenant) ? [control, ofTenant] : [control];
  }
}
