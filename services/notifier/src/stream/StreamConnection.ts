import type { StreamedUnlock } from '../tail/streamedUnlock.js';
import { FrameQueue } from './FrameQueue.js';
import { type StreamFilter, wants } from './StreamFilter.js';
import { eventFrame, keepAliveFrame, openingFrame } from './sseFrame.js';

/** Why a connection ended. */
export type CloseReason = 'reader_left' | 'reader_too_slow' | 'reader_stalled' | 'user_merged' | 'shutdown' | 'failed';

const utf8 = new TextEncoder();

/** One reader: what waits for it, and how far in the stream it is. */
export class StreamConnection {
  readonly filter: StreamFilter;
  /** The response body. */
  readonly body: ReadableStream<Uint8Array>;
  /** Settles when the connection ends, for whatever reason. */
  readonly closed: Promise<CloseReason>;
  readonly #queue: FrameQueue;
  readonly #abort: (() => void) | undefined;
  readonly #roomMin: number;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #resolveClosed!: (reason: CloseReason) => void;
  /** Set while the reader waits for bytes. */
  #resolvePull: (() => void) | null = null;
  #flushScheduled = false;
  #roomWaiters: (() => void)[] = [];
  #isClosed = false;
  /** Everything in the stream up to here was sent, or was none of this reader's business. */
  #sentThrough = 0;
  #chunksTaken = 0;
  #chunksTakenAtLastTick = 0;
  #isQuiet = true;

  constructor(
    filter: StreamFilter,
    options: {
      sseQueueMax: number;
      retryMs: number;
      /** Cuts the socket: a reader that does not read would hold an orderly end for ever. */
      abort?: (() => void) | undefined;
    },
  ) {
    this.filter = filter;
    this.#abort = options.abort;
    this.#roomMin = Math.max(1, Math.floor(options.sseQueueMax / 2));
    this.#queue = new FrameQueue(options.sseQueueMax);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#end('reader_left');
        },
      },
      // The queue with a bound is ours: the stream itself holds nothing back.
      { highWaterMark: 0 },
    );
    this.#push(openingFrame(options.retryMs));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get sentThrough(): number {
    return this.#sentThrough;
  }

  /** Sends what the reader wants of it, exactly once: what lies behind `sentThrough` is passed over. */
  deliver(entry: StreamedUnlock): void {
    if (this.#isClosed || entry.sequence <= this.#sentThrough) return;
    this.#sentThrough = entry.sequence;
    if (!wants(this.filter, entry)) return;
    this.#push(eventFrame({ name: entry.kind, data: entry.json, id: entry.sequence }));
  }

  /** Nothing up to this sequence is still to be sent. */
  passOver(sequence: number): void {
    if (sequence > this.#sentThrough) this.#sentThrough = sequence;
  }

  /** What the reader resumed by means nothing here: this is where it stands instead. */
  placeAt(sequence: number): void {
    this.#sentThrough = sequence;
  }

  /** The tail is live: whatever is unlocked from now on reaches this reader. */
  announceReady(): void {
    this.#push(
      eventFrame({
        name: 'ready',
        data: JSON.stringify({ position: this.#sentThrough }),
        id: this.#sentThrough,
      }),
    );
  }

  /** What the reader asked to resume by is not in the stream any more: what follows is all that there is. */
  announceReset(reset: { requested: number; resumedFrom: number }): void {
    this.#push(
      eventFrame({
        name: 'reset',
        data: JSON.stringify({
          requested_id: reset.requested,
          resumed_from: reset.resumedFrom,
        }),
      }),
    );
  }

  /** @returns false where a slow reader's queue had no room for it */
  deliverProgress(key: string, json: string): boolean {
    if (this.#isClosed) return true;
    const frame = eventFrame({ name: 'progress', data: json });
    const isQueued = this.#queue.pushLatest(key, frame);
    this.#isQuiet = false;
    this.#scheduleFlush();
    return isQueued;
  }

  /** Called at a steady pace: breaks the silence, or ends a reader that took nothing since the last call though something waits. */
  tick(): void {
    if (this.#isClosed) return;
    const isStalled = this.#queue.length > 0 && this.#chunksTaken === this.#chunksTakenAtLastTick;
    this.#chunksTakenAtLastTick = this.#chunksTaken;
    if (isStalled) this.close('reader_stalled');
    else if (this.#isQuiet) this.#push(keepAliveFrame(this.#sentThrough));
    this.#isQuiet = true;
  }

  /** Settles when there is room for more of a catch-up, or the connection has ended. */
  roomToSend(): Promise<void> {
    if (this.#isClosed || this.#queue.length < this.#roomMin) return Promise.resolve();
    return new Promise((resolve) => {
      this.#roomWaiters.push(resolve);
    });
  }

  /** Ends the response; the reader comes back by its last event id. */
  close(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#end(reason);
    const isStuck = reason === 'reader_too_slow' || reason === 'reader_stalled';
    if (isStuck && this.#abort !== undefined) this.#abort();
    else this.#controller.close();
  }

  #push(frame: string): void {
    if (this.#isClosed) return;
    if (!this.#queue.push(frame)) {
      this.close('reader_too_slow');
      return;
    }
    this.#isQuiet = false;
    this.#scheduleFlush();
  }

  /** Frames of one turn of the event loop go out in one write. */
  #scheduleFlush(): void {
    if (this.#resolvePull === null || this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.#flush();
    });
  }

  #pull(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolvePull = resolve;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#isClosed || this.#resolvePull === null) return;
    const chunk = this.#queue.takeChunk();
    if (chunk === '') return;
    this.#chunksTaken++;
    this.#controller.enqueue(utf8.encode(chunk));
    this.#resolvePull();
    this.#resolvePull = null;
    if (this.#queue.length < this.#roomMin) this.#releaseWaiters();
  }

  #end(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#resolvePull?.();
    this.#resolvePull = null;
    this.#releaseWaiters();
    this.#resolveClosed(reason);
  }

  #releaseWaiters(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const release of waiters) release();
  }
}
