import { CairnError } from '@cairn/contracts';
import { StoreError } from '@cairn/store';
import { JetStreamError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';

const STORE_CODES: ReadonlySet<string> = new Set(['connection', 'retryable', 'resources']);
const NATS_ERRORS = [
  errors.TimeoutError,
  errors.NoRespondersError,
  errors.RequestError,
  errors.ConnectionError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
  JetStreamError,
];

/** A server that is away for a moment is no fault of ours nor of the caller's: 503, try again. Anything else stays what it is. */
export function asUnavailable(error: unknown): unknown {
  const isStore = error instanceof StoreError && STORE_CODES.has(error.code);
  if (!isStore && !NATS_ERRORS.some((type) => error instanceof type)) return error;
  const what = isStore ? 'the database' : 'the log';
  return new CairnError('unavailable', `${what} cannot be reached at the moment: try again`, { cause: error, retryAfterSeconds: 1 });
}
