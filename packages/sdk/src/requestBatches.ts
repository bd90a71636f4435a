import { EVENTS_PER_REQUEST_MAX, REQUEST_BYTES_MAX } from './limits.js';

/** Cuts a list of JSON texts into bodies of JSON arrays, each within what one request may hold, in the given order. */
export function* requestBatches(eventTexts: readonly string[]): Generator<{ first: number; count: number; body: string }> {
  let first = 0;
  let bytes = 0;
  for (const [index, text] of eventTexts.entries()) {
    const size = Buffer.byteLength(text) + 1;
    const full = index - first === EVENTS_PER_REQUEST_MAX || bytes + size > REQUEST_BYTES_MAX;
    if (full && index > first) {
      yield batchOf(eventTexts, first, index);
      first = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (eventTexts.length > first) yield batchOf(eventTexts, first, eventTexts.length);
}

function batchOf(eventTexts: readonly string[], first: number, end: number): { first: number; count: number; body: string } {
  return { first, count: end - first, body: `[${eventTexts.slice(first, end).join(',')}]` };
}
