import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { LOG_REFUSAL_MS_MAX } from '../limits.js';

/** What tells that a log may take entries again though nothing was written through this door. */
export interface LogSigns {
  /** Another after each start of the nats-server that the door is connected to. */
  serverId: string | undefined;
  lastSequence: number;
}

/**
 * What the NATS server says where it has no room, https://github.com/nats-io/nats-server/blob/main/server/errors.json: an account, a
 * server, its memory or its disk is at its limit, or an entry could not be stored.
 */
const NO_ROOM: ReadonlySet<number> = new Set([10002, 10023, 10028, 10047, 10077]);
const REMEDY =
  'where its disk is full, make room and restart nats-server, which takes nothing until then; where the stream is at a limit, lift it';

/**
 * Remembers that the log did not take an entry at the last try. A nats-server whose disk was full answers all questions as if nothing
 * had happened, and what is published not at all, so only what is written tells. It counts until an entry is written again, by this
 * door or by whomever; and for no more than `LOG_REFUSAL_MS_MAX` after the last try, since a door that is not ready is sent nothing that
 * it could try. What else keeps an entry from being written shows where the server is asked, or is over when it answers.
 */
export class LogRefusal {
  readonly #nowMs: () => number;
  #refused: { cause: string; atMs: number } | null = null;
  /** As they were when they were first looked at after the refusal. */
  #signs: LogSigns | null = null;

  /** @param nowMs of a clock that only goes forward */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** An attempt to write was not acknowledged. */
  failed(cause: unknown): void {
    if (!mayBeFull(cause)) return;
    this.#refused = { cause: cause.message, atMs: this.#nowMs() };
    this.#signs = null;
  }

  written(): void {
    this.#refused = null;
  }

  /** Why the log takes nothing, and what to do; null where it may well take the next entry. */
  check(signs: LogSigns): string | null {
    if (this.#refused === null) return null;
    const { serverId, lastSequence } = (this.#signs ??= signs);
    const isOver = this.#nowMs() - this.#refused.atMs >= LOG_REFUSAL_MS_MAX;
    if (isOver || signs.serverId !== serverId || signs.lastSequence > lastSequence) this.#refused = null;
    return this.#refused === null ? null : `the log takes nothing (${this.#refused.cause}): ${REMEDY}`;
  }
}

function mayBeFull(cause: unknown): cause is Error {
  return cause instanceof errors.TimeoutError || (cause instanceof JetStreamApiError && NO_ROOM.has(cause.code));
}
