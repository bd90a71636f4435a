/** What tells that a log may take entries again though nothing was written through this door. */
export interface LogSigns {
  /** Another after each start of the nats-server that the door is connected to. */
  serverId: string | undefined;
  lastSequence: number;
}

const REMEDY =
  'where its disk is full, make room and restart nats-server, which takes nothing until then; where the stream is at a limit, lift it';

/**
 * Remembers that the log took nothing at the last try. A nats-server whose disk was full answers all questions as if nothing had
 * happened, so only what is written tells. It counts until an entry is written again: by this door, or by whomever.
 */
export class LogRefusal {
  #cause: string | null = null;
  /** As they were when they were first looked at after the refusal. */
  #signs: LogSigns | null = null;

  refused(cause: unknown): void {
    this.#cause = cause instanceof Error ? cause.message : String(cause);
    this.#signs = null;
  }

  written(): void {
    this.#cause = null;
  }

  /** Why the log takes nothing, and what to do; null where it may well take the next entry. */
  check(signs: LogSigns): string | null {
    if (this.#cause === null) return null;
    const { serverId, lastSequence } = (this.#signs ??= signs);
    if (signs.serverId !== serverId || signs.lastSequence > lastSequence) this.#cause = null;
    return this.#cause === null ? null : `the log takes nothing (${this.#cause}): ${REMEDY}`;
  }
}
