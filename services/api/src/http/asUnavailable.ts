import { CairnError } from '@cairn/contracts';
import { StoreError } from '@cairn/store';
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
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
/** As JetStream says it, in the manner of HTTP, of a stream that is full, say: not the caller's fault. */
const SERVER_ERROR_MIN = 500;

/** A server that is away for a moment is no fault of ours nor of the caller's: 503, try again. Anything else stays what it is. */
export function asUnavailable(error: unknown): unknown {
  const isStore = error instanceof StoreError && STORE_CODES.has(error.code);
  const isRefusal = isNoAnswerer(error) || (error instanceof JetStreamApiError && error.status >= SERVER_ERROR_MIN);
  if (!isStore && !isRefusal && !NATS_ERRORS.some((type) => error instanceof type)) return error;
  const what = isStore ? 'the database' : 'the log';
  return new CairnError('unavailable', `${what} cannot be reached at the moment: try again`, { cause: error, retryAfterSeconds: 1 });
}

/** Nobody answers for a stream whose cluster is choosing who does. The client does not export the class of this error. */
function isNoAnswerer(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}
