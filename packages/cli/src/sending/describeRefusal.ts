import type { EventResult } from '@cairn/sdk';
import { printable } from '../output/printable.js';

/** The code of a refusal, for counting. */
function refusalCode(result: EventResult): string {
  return result.error?.code ?? (result.status === 'conflict' ? 'idempotency_conflict' : result.status);
}

/** Why the server did not take an event, in a line. */
export function describeRefusal(result: EventResult): string {
  const code = refusalCode(result);
  const detail = result.error?.detail;
  return detail === undefined || detail === '' ? code : `${code}: ${printable(detail)}`;
}
