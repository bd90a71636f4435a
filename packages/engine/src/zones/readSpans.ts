import { ZONE_SPANS } from './zoneData.generated.js';

/** The digits of a span's place, as in scripts/generate-zones.mjs. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** The places that have one digit; all others have two. */
const SHORT_SPANS = 40;

const HALF_MINUTE_MS = 30_000;
const QUARTER_MS = 30 * HALF_MINUTE_MS;

const spansMs: number[] = [];
for (const more of ZONE_SPANS.split(' ')) {
  const unitMs = more.endsWith('!') ? HALF_MINUTE_MS : QUARTER_MS;
  spansMs.push((spansMs.at(-1) ?? 0) + parseInt(more, 36) * unitMs);
}

/** The milliseconds between the transitions of a zone, in their order. */
export function readSpans(digits: string): number[] {
  const spans: number[] = [];
  for (let at = 0; at < digits.length; at++) {
    let place = DIGITS.indexOf(digits.charAt(at));
    if (place >= SHORT_SPANS) {
      at += 1;
      place = SHORT_SPANS + (place - SHORT_SPANS) * DIGITS.length + DIGITS.indexOf(digits.charAt(at));
    }
    spans.push(spansMs[place] ?? 0);
  }
  return spans;
}
