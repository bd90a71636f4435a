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
  /** So few events are not worth that wait: they are written after this time. */
  few?: { events: number; gatherMsMax: number };
  publishesInFlightMax: number;
  /** Whether events are about to come that are worth waiting for; `wake` tells when there are none any more. */
  isMoreComing?(): boolean;
  /** Called when nothing waits any more and nothing is on its way. */
  onIdle?(): void;
}

/**
 * Group commit. Events of one tenant and partition are gathered into entries: for as long as other entries are on their way or more
 * events are about to come, but no longer than `gatherMsMax`, and less where they are few. So an idle door writes at once, and a busy one
 * in rounds, each with all that came in during the last. A group has one entry on its way at a time, so that its events stand in the log
 * in the order in which they came, retries included.
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

  /** Nothing waits, and nothing is on its way. */
  get isIdle(): boolean {
    return this.#groups.size === 0;
  }

  /** Tells the sequence of the entry that holds the event, once it is durable, or a CairnError `unavailable`. */
  append(waiting: WaitingEvent): void {
    const group = this.#groupOf(waiting.event);
    group.add(waiting);
    if (!group.isPublishing && !this.#ready.has(group)) this.#place(group);
  }

  /** Looks again whether what was gathered can be written: nothing more is about to come. */
  wake(): void {
    if (this.#gathering.size > 0 && this.#isCalm()) this.#immediate ??= setImmediate(() => this.#flushIfCalm());
  }

  #place(group: EntryGroup): void {
    if (group.isFull) {
      this.#gathering.delete(group);
      this.#ready.add(group);
      this.#pump();
    } else {
      this.#gathering.add(group);
      this.#timer ??= this.#flushLater();
      this.wake();
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

  #isCalm(): boolean {
    return this.#inFlight === 0 && this.#options.isMoreComing?.() !== true;
  }

  #flushLater(): NodeJS.Timeout {
    const { gatherMsMax, few } = this.#options;
    if (few === undefined) return setTimeout(() => this.#flush(), gatherMsMax);
    return setTimeout(() => {
      if (this.#isGatheringFew(few.events)) this.#flush();
      else this.#timer = setTimeout(() => this.#flush(), gatherMsMax - few.gatherMsMax);
    }, few.gatherMsMax);
  }

  #isGatheringFew(eventsMax: number): boolean {
    let events = 0;
    for (const group of this.#gathering) events += group.size;
    return events <= eventsMax;
  }

  /** After all that a turn of the loop has brought. */
  #flushIfCalm(): void {
    this.#immediate = undefined;
    if (this.#isCalm()) this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
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
    else this.#place(group);
    this.#pump();
    this.wake();
    if (this.isIdle) this.#options.onIdle?.();
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
