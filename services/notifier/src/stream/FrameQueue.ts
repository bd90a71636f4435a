/** What waits for one reader. */
interface WaitingFrame {
  frame: string;
  /** Set for a frame that a newer one may take the place of. */
  key: string | null;
}

/** Bytes that are handed to the socket at once. */
const CHUNK_CHARACTERS_MAX = 64 * 1024;

/**
 * A bounded queue of frames. A keyed frame takes the place of the one that waits under the same key, so that a slow
 * reader gets the newest progress instead of all of it; keyed frames may fill no more than half of the queue.
 */
export class FrameQueue {
  readonly #framesMax: number;
  #frames: WaitingFrame[] = [];
  #taken = 0;
  readonly #keyed = new Map<string, WaitingFrame>();

  constructor(framesMax: number) {
    this.#framesMax = framesMax;
  }

  get length(): number {
    return this.#frames.length - this.#taken;
  }

  /** @returns false where the queue is full */
  push(frame: string): boolean {
    if (this.length >= this.#framesMax) return false;
    this.#frames.push({ frame, key: null });
    return true;
  }

  /** @returns false where the frame was left out: too many others wait */
  pushLatest(key: string, frame: string): boolean {
    const waiting = this.#keyed.get(key);
    if (waiting !== undefined) {
      waiting.frame = frame;
      return true;
    }
    if (this.length >= this.#framesMax / 2) return false;
    const added = { frame, key };
    this.#frames.push(added);
    this.#keyed.set(key, added);
    return true;
  }

  /** The oldest frames as one chunk; empty where none waits. */
  takeChunk(): string {
    let chunk = '';
    while (this.#taken < this.#frames.length) {
      const next = this.#frames[this.#taken] as WaitingFrame;
      if (chunk !== '' && chunk.length + next.frame.length > CHUNK_CHARACTERS_MAX) break;
      chunk += next.frame;
      if (next.key !== null) this.#keyed.delete(next.key);
      this.#taken++;
    }
    if (this.#taken === this.#frames.length) {
      this.#frames = [];
      this.#taken = 0;
    } else if (this.#taken >= this.#framesMax) {
      this.#frames.splice(0, this.#taken);
      this.#taken = 0;
    }
    return chunk;
  }
}
