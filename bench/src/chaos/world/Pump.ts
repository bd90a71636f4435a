import type { Socket } from 'node:net';

/** Bytes that are on their way through a proxy in one direction; beyond it the sender is not read any more. */
const PUMP_BYTES_MAX = 1024 * 1024;

/** Carries bytes from one socket to another, late where it is told to, and in their order. */
export class Pump {
  delayMs = 0;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #waiting: { chunk: Buffer; dueMs: number }[] = [];
  #waitingBytes = 0;
  #held = false;
  #ended = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => {
      this.#ended = true;
      this.#flush();
    });
    from.on('close', () => clearTimeout(this.#timer));
    to.on('drain', () => this.#flush());
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#flush();
  }

  /** The receiver is told that no more comes; what comes all the same is thrown away. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (!this.#to.writableEnded) this.#to.end();
    this.#from.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#closed) return;
    this.#waiting.push({ chunk, dueMs: performance.now() + this.delayMs });
    this.#waitingBytes += chunk.length;
    this.#flush();
    if (this.#waitingBytes > PUMP_BYTES_MAX) this.#from.pause();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    if (this.#held || this.#closed) return;
    while (!this.#to.writableNeedDrain && this.#to.writable) {
      const first = this.#waiting[0];
      if (first === undefined) break;
      const leftMs = first.dueMs - performance.now();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#flush(), leftMs);
        return;
      }
      this.#waiting.shift();
      this.#waitingBytes -= first.chunk.length;
      this.#to.write(first.chunk);
    }
    if (this.#waitingBytes <= PUMP_BYTES_MAX) this.#from.resume();
    if (this.#ended && this.#waiting.length === 0 && !this.#to.writableEnded) this.#to.end();
  }
}
