import { gzipSync } from 'node:zlib';
import type { FuzzRandom } from './FuzzRandom.js';

/** What is no UTF-8: bytes that never stand in it, a sequence that breaks off, one that is too long, half of a surrogate pair. */
const NO_UTF8 = ['ff', 'c080', 'e282', 'f8888080', 'eda080', '80'].map((hex) => Buffer.from(hex, 'hex'));
const PADDINGS = [1, 1_000, 70_000, 300_000];

/** The bytes with one thing changed. What it was given is left as it is. */
export function mutateBytes(bytes: Buffer, random: FuzzRandom): Buffer {
  const at = random.below(bytes.length + 1);
  const insert = (what: Buffer): Buffer => Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
  return random.weighted<Buffer>([
    [4, () => bytes.subarray(0, at)],
    [4, () => changed(bytes, random)],
    [4, () => insert(random.pick(NO_UTF8))],
    [2, () => insert(Buffer.from([random.below(256)]))],
    [1, () => Buffer.alloc(0)],
    [1, () => Buffer.concat([bytes, bytes])],
    [1, () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])],
    [1, () => Buffer.from(bytes.toString('utf8'), 'utf16le')],
    [1, () => gzipSync(bytes)],
    [1, () => Buffer.concat([bytes, Buffer.alloc(random.pick(PADDINGS), 0x20)])],
  ]);
}

function changed(bytes: Buffer, random: FuzzRandom): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
  return copy;
}
