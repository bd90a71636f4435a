import type { EventResult } from '@cairn/sdk';
import { printable } from '../output/printable.js';

/** The code of a refusal, for counting. */
function refusalCode(result: EventResult): string {
  return result.error?.code ?? (result.status === 'conflict' ? 'idempotency_conflict' : result.status);
}

/** Why the server did not take an event, in a line. */
export function describeRefusal(result: EventResult): string {
  const code = refusalCode(result);
  const message = result.error?.message;
  return message === undefined || message === '' ? code : `${code}: ${printable(message)}`;
}
