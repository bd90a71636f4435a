import { type CairnEvent, encodeEventBatch, logSubject, partitionOf } from '@cairn/contracts';
import { EntryGroup, type WaitingEvent } from './EntryGroup.js';
import type { EventLog } from './EventLog.js';

export interface LogWriterOptions {
  log: EventLog;
  partitions: number;
  /** Of one entry. */
  eventsMax: number;
  bytesMax: number;
  gatherMsMax: number;
  publishesInFlightMax: number;
}

/**
 * Group commit. Events of one tenant and partition are gathered into entries: at once where nothing else is on its way, else for
 * as long as the group's last entry is on its way, or a millisecond. A group has one entry on its way at a time, so that its
 * events stand in the log in the order in which they came, retries included.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  /** Groups with events that wait or are on their way, by tenant and partition; gone when there are none. */
  readonly #groups = new Map<string, Map<number, EntryGroup>>();
  /** Those that wait for company. */
  readonly #gathering = new Set<EntryGroup>();
  /** Those that wait for a publish to come free. */
  readonly #ready = new Set<EntryGroup>();
  #inFlight = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  get publishesInFlight(): number {
    return this.#inFlight;
  }

  /** Tells the sequence of the entry that holds the event, once it is durable, or a CairnError `unavailable`. */
  append(waiting: WaitingEvent): void {
    const group = this.#groupOf(waiting.event);
    group.add(waiting);
    if (group.isPublishing || this.#ready.has(group)) return;
    if (group.isFull) {
      this.#gathering.delete(group);
      this.#ready.add(group);
      this.#pump();
    } else {
      this.#gathering.add(group);
      this.#schedule();
    }
  }

  #groupOf({ tenantId, userId }: CairnEvent): EntryGroup {
    const partition = partitionOf(tenantId, userId, this.#options.partitions);
    let groups = this.#groups.get(tenantId);
    if (groups === undefined) {
      groups = new Map();
      this.#groups.set(tenantId, groups);
    }
    let group = groups.get(partition);
    if (group === undefined) {
      group = new EntryGroup(tenantId, partition, this.#options);
      groups.set(partition, group);
    }
    return group;
  }

  #forget({ tenantId, partition }: EntryGroup): void {
    const groups = this.#groups.get(tenantId);
    groups?.delete(partition);
    if (groups?.size === 0) this.#groups.delete(tenantId);
  }

  #schedule(): void {
    const flush = (): void => this.#flushGathering();
    // An idle log is asked at once, but after all that this turn of the loop brings.
    if (this.#inFlight === 0) this.#immediate ??= setImmediate(flush);
    else this.#timer ??= setTimeout(flush, this.#options.gatherMsMax);
  }

  #flushGathering(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
    this.#immediate = undefined;
    this.#timer = undefined;
    for (const group of this.#gathering) this.#ready.add(group);
    this.#gathering.clear();
    this.#pump();
  }

  #pump(): void {
    for (const group of this.#ready) {
      if (this.#inFlight >= this.#options.publishesInFlightMax) return;
      this.#ready.delete(group);
      void this.#publish(group);
    }
  }

  async #publish(group: EntryGroup): Promise<void> {
    this.#inFlight++;
    await this.#write(group, group.take());
    this.#inFlight--;
    group.isPublishing = false;
    if (group.isEmpty) this.#forget(group);
    else this.#ready.add(group);
    this.#pump();
  }

  async #write(group: EntryGroup, entry: readonly WaitingEvent[]): Promise<void> {
    let sequence: number;
    try {
      const bytes = encodeEventBatch({ tenantId: group.tenantId, events: entry.map(({ event }) => event) });
      sequence = await this.#options.log.append(logSubject(group.partition, group.tenantId), bytes);
    } catch (error) {
      // Those behind it would wait as long again for the same answer.
      for (const waiting of [...entry, ...group.takeAll()]) waiting.failed(error);
      return;
    }
    for (const waiting of entry) waiting.written(sequence);
  }
}
