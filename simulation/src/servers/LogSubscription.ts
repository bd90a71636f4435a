import { isControlSubject, LOG_CONTROL_SUBJECTS, logPartitionSubjects, partitionOfLogSubject } from '@cairn/contracts';
import { type EvaluationLog, type HistoryOf, type LogReader, type RawEntry, ReaderBroken } from '@cairn/rule-evaluator/parts';
import type { Actor } from '../world/Actor.js';
import type { World } from '../world/World.js';

/** CAIRN_LOG as the evaluators of one process read it. */
export class LogSubscription implements EvaluationLog {
  readonly #world: World;
  readonly #actor: Actor;
  readonly #readers = new Set<Reader>();

  constructor(world: World, actor: Actor) {
    this.#world = world;
    this.#actor = actor;
  }

  /** As when the connection is lost, or a delivery is missing. */
  break(): void {
    for (const reader of this.#readers) reader.break('a delivery was missing');
    this.#readers.clear();
  }

  open({ partition, after, subjects }: { partition: number; after: number; subjects?: readonly string[] }): Promise<LogReader> {
    const { nats, network, weather } = this.#world;
    return network.call({
      from: this.#actor,
      to: nats.actor,
      what: `read partition ${partition} from ${after}`,
      faults: { ...weather.nats, doubledRequest: 0 },
      lost: { error: () => new ReaderBroken('the consumer could not be made'), afterMs: 50 },
      effect: () => {
        const wanted = subjects ?? [logPartitionSubjects(partition), LOG_CONTROL_SUBJECTS];
        const reader = new Reader(this.#world, { actor: this.#actor, after, wanted });
        this.#readers.add(reader);
        return reader;
      },
    });
  }

  async *history(of: HistoryOf): AsyncIterable<RawEntry> {
    const { partition, tenantId, after = 0, before, control } = of;
    const isWanted = (subject: string): boolean => partition === null || [partition].flat().includes(partitionOfLogSubject(subject));
    const entries = await this.#world.network.call({
      from: this.#actor,
      to: this.#world.nats.actor,
      what: `read the history of partition ${partition ?? 'any'} up to ${before}`,
      faults: { ...this.#world.weather.nats, doubledRequest: 0 },
      lost: { error: () => new ReaderBroken('the history could not be read'), afterMs: 50 },
      effect: () => this.#world.nats.log.messages.slice(after, before - 1),
    });
    for (const entry of entries) {
      if (of.signal.aborted) throw new ReaderBroken('the partition stops');
      const isControl = isControlSubject(entry.subject);
      const isMeant = isControl ? control === 'include' : isWanted(entry.subject) && entry.subject.endsWith(`.${tenantId}`);
      if (isMeant) yield entry;
    }
  }
}

class Reader implements LogReader {
  readonly #world: World;
  readonly #actor: Actor;
  readonly #wanted: readonly string[];
  /** Delivered, and not taken yet. */
  readonly #arrived: RawEntry[] = [];
  #sent: number;
  #isDelivering = false;
  #broken: ReaderBroken | undefined;
  readonly #waiting: (() => void)[] = [];
  readonly #stopListening: () => void;

  constructor(world: World, of: { actor: Actor; after: number; wanted: readonly string[] }) {
    this.#world = world;
    this.#actor = of.actor;
    this.#sent = of.after;
    this.#wanted = of.wanted;
    this.#stopListening = world.nats.log.onMore(() => this.#deliver());
    this.#deliver();
  }

  async ready(): Promise<void> {
    while (this.#broken === undefined && this.#arrived.length === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#broken !== undefined) throw this.#broken;
  }

  shift(): RawEntry | undefined {
    return this.#broken === undefined ? this.#arrived.shift() : undefined;
  }

  acknowledge(): void {
    // A hint: the next owner begins at the committed position.
  }

  close(): Promise<void> {
    this.break('it was closed');
    return Promise.resolve();
  }

  break(why: string): void {
    this.#stopListening();
    this.#broken ??= new ReaderBroken(why);
    this.#wake();
  }

  /** One message after the other, each in a step of its own. */
  #deliver(): void {
    if (this.#isDelivering || this.#broken !== undefined) return;
    const next = this.#world.nats.log.messages.slice(this.#sent).find(({ subject }) => this.#isMeant(subject));
    if (next === undefined) return;
    this.#isDelivering = true;
    this.#world.scheduler.post(this.#actor, `gets entry ${next.sequence}`, () => {
      this.#isDelivering = false;
      this.#sent = next.sequence;
      this.#arrived.push(next);
      this.#wake();
      this.#deliver();
    });
  }

  #isMeant(subject: string): boolean {
    return this.#wanted.some((pattern) => matches(subject, pattern));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** As NATS has it: `*` is one token, `>` all that follow. */
function matches(subject: string, pattern: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  if (wanted.at(-1) === '>')
    return tokens.length >= wanted.length && wanted.slice(0, -1).every((token, i) => token === '*' || token === tokens[i]);
  return tokens.length === wanted.length && wanted.every((token, i) => token === '*' || token === tokens[i]);
}
