import { CairnError } from '@cairn/contracts';

/**
 * The event with the key of the header `Idempotency-Key`, which stands for `idempotency_key` in the body.
 * @throws CairnError `invalid_request` where the body says another
 */
export function withIdempotencyKey(event: unknown, key: string | undefined): unknown {
  if (key === undefined || event === null || typeof event !== 'object' || Array.isArray(event)) return event;
  const said = (event as { idempotency_key?: unknown }).idempotency_key;
  if (said === undefined) return { ...event, idempotency_key: key };
  if (said === key) return event;
  const message = 'differs from the header Idempotency-Key: send one of them, or the same in both';
  throw new CairnError('invalid_request', `idempotency_key ${message}`, { errors: [{ field: 'idempotency_key', message }] });
}
