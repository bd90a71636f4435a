import type { Scalar } from '../expressions/expression.js';

/** Texts up to this length stand for themselves; longer ones are known by 128 bits of hash. */
const TEXT_CHARS_KEPT_MAX = 24;

/** ASCII that is the same for two values only where they have the same type and are equal. At most 30 characters. */
export function valueKey(value: Scalar): string {
  if (typeof value === 'number') return `n${String(value)}`;
  if (typeof value === 'boolean') return value ? 'b1' : 'b0';
  return value.length <= TEXT_CHARS_KEPT_MAX && isAscii(value) ? `s${value}` : `h${hash128(value)}`;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7e) return false;
  return true;
}

/** Four lanes of multiply and rotate over the UTF-16 code units, mixed with one another at the end. */
function hash128(text: string): string {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = 0x6a09e667;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(rotate(a ^ unit, 13), 0x85ebca6b) ^ d;
    b = Math.imul(rotate(b ^ unit, 17), 0xc2b2ae35) ^ a;
    c = Math.imul(rotate(c ^ unit, 11), 0x27d4eb2f) ^ b;
    d = Math.imul(rotate(d ^ unit, 19), 0x165667b1) ^ c;
  }
  a = mix(a ^ text.length);
  b = mix(b ^ a);
  c = mix(c ^ b);
  d = mix(d ^ c);
  return [mix(a ^ d), b, c, d].map((lane) => (lane >>> 0).toString(36).padStart(7, '0')).join('');
}

function rotate(lane: number, by: number): number {
  return (lane << by) | (lane >>> (32 - by));
}

function mix(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
