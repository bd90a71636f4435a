import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CairnError, LOG_STREAM } from '@cairn/contracts';
import type { Logger } from '@cairn/runtime';
import { JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { PUBLISH_ATTEMPT_MS_MAX, PUBLISH_RETRY_MS_MAX, PUBLISH_RETRY_MS_MIN, RETRY_AFTER_SECONDS } from '../limits.js';
import type { EventLog } from './EventLog.js';

export interface JetStreamLogOptions {
  jetStream: Pick<JetStreamClient, 'publish'>;
  log: Logger;
  /** For all attempts together. */
  publishMsMax: number;
  /** Called with the seconds that each entry took to be acknowledged. */
  onPublished(seconds: number): void;
  /** Called with why an attempt was not acknowledged, whether it is made again or not. */
  onFailed(cause: unknown): void;
}

/** CAIRN_LOG. An attempt that was not answered is made again under the same message id, so it never makes a second entry. */
export class JetStreamLog implements EventLog {
  readonly #options: JetStreamLogOptions;

  constructor(options: JetStreamLogOptions) {
    this.#options = options;
  }

  async append(subject: string, entry: Uint8Array): Promise<number> {
    const startedMs = performance.now();
    const deadlineMs = startedMs + this.#options.publishMsMax;
    const messageId = createHash('sha256').update(entry).digest('base64url');
    for (let retryMs = PUBLISH_RETRY_MS_MIN; ; retryMs = Math.min(retryMs * 2, PUBLISH_RETRY_MS_MAX)) {
      try {
        const leftMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
        const { seq } = await this.#options.jetStream.publish(subject, entry, {
          msgID: messageId,
          expect: { streamName: LOG_STREAM },
          timeout: Math.min(PUBLISH_ATTEMPT_MS_MAX, leftMs),
        });
        this.#options.onPublished((performance.now() - startedMs) / 1000);
        return seq;
      } catch (cause) {
        this.#options.onFailed(cause);
        if (mayPass(cause) && performance.now() + retryMs < deadlineMs) {
          await delay(retryMs);
          continue;
        }
        throw this.#unavailable(subject, cause);
      }
    }
  }

  #unavailable(subject: string, cause: unknown): CairnError {
    this.#options.log.warn({ err: cause, subject }, 'an entry could not be written to the log');
    return new CairnError('unavailable', 'the log cannot be written at the moment: send the same again', {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause,
    });
  }
}

/** A closed connection stays closed, and what the stream refuses by its configuration it refuses again. */
function mayPass(error: unknown): boolean {
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) return false;
  return !(error instanceof JetStreamApiError && error.status < 500);
}
