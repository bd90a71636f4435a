import { BODY_BYTES_MAX, CairnError } from '@cairn/contracts';
import { RETRY_AFTER_SECONDS } from '../limits.js';

/** How many bytes of request bodies are held at a time, over all requests. */
export class BodyBudget {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Holds room for a body while `use` runs. One that does not say its length counts as the largest there is.
   * @throws CairnError `overloaded`
   */
  async hold<T>(contentLength: string | undefined, use: () => Promise<T>): Promise<T> {
    const release = this.reserve(contentLength === undefined ? BODY_BYTES_MAX : Math.min(Number(contentLength) || 0, BODY_BYTES_MAX));
    try {
      return await use();
    } finally {
      release();
    }
  }

  /**
   * Room for a body of so many bytes; gives what lets go of it again.
   * @throws CairnError `overloaded`
   */
  reserve(bytes: number): () => void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#bytesMax) {
      throw new CairnError('overloaded', 'too many large requests at a time: try again', { retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
    this.#bytes += bytes;
    return () => {
      this.#bytes -= bytes;
    };
  }
}
