/**
 * One-dimensional PostgreSQL arrays in the binary format that `array_recv` reads:
 * dimensions, has-nulls flag, element oid, length, lower bound, then each element as length and bytes.
 * `pg` sends a Buffer as a binary parameter as it is, so that a column of a batch costs one pass and no text.
 */

const HEADER_BYTES = 20;
const EMPTY_HEADER_BYTES = 12;
const NULL_LENGTH = -1;
const UUID_BYTES = 16;
const MS_2000 = Date.UTC(2000, 0, 1);

const OID = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25, float8: 701, timestamptz: 1184, uuid: 2950 } as const;

/** Hashes of 16 bytes that tell an event from others: where each begins in `bytes`, and -1 for one that is not there. */
export interface PackedHashes {
  readonly bytes: Uint8Array;
  readonly eventIdAt: number;
  readonly keyAt: number;
  readonly fingerprintAt: number;
  readonly payloadAt: number;
}

type HashAt = Exclude<keyof PackedHashes, 'bytes'>;

/** A UUID as its 16 bytes or as text. */
export type Uuid = Uint8Array | string;

type Column<T> = ArrayLike<T | null>;

/** The same memory twice: numbers are written fastest through the view, strings and bytes through the buffer. */
interface Target {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Up to this length a loop over the characters is faster than a call into the runtime. */
const SHORT_TEXT_CHARS = 64;
const UTF8_BYTES_PER_CHAR_MAX = 3;

export function int4Array(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.int4, width: 4 }, writeInt4);
}

export function int8Array(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.int8, width: 8 }, writeInt8);
}

export function float8Array(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.float8, width: 8 }, (to, at, value) => {
    to.view.setFloat64(at, value);
  });
}

export function boolArray(values: Column<boolean>): Buffer {
  return fixedWidth(values, { oid: OID.bool, width: 1 }, (to, at, value) => {
    to.view.setUint8(at, value ? 1 : 0);
  });
}

export function timestamptzArray(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.timestamptz, width: 8 }, writeInstant);
}

export function uuidArray(values: Column<Uuid>): Buffer {
  return fixedWidth(values, { oid: OID.uuid, width: 16 }, writeUuid);
}

/** Hashes of 16 bytes as uuid[], each from where it begins; -1 stands for null. */
export function hashArray(values: readonly PackedHashes[], begins: HashAt): Buffer {
  const to = allocate(HEADER_BYTES + values.length * (4 + UUID_BYTES));
  let at = HEADER_BYTES;
  let hasNull = 0;
  for (const hashes of values) {
    const begin = hashes[begins];
    const length = begin < 0 ? NULL_LENGTH : UUID_BYTES;
    to.view.setInt32(at, length);
    at += 4;
    if (length === NULL_LENGTH) hasNull = 1;
    else {
      const { bytes } = hashes;
      // A call into the runtime takes longer.
      for (let i = 0; i < UUID_BYTES; i++) to.bytes[at + i] = bytes[begin + i] ?? 0;
      at += UUID_BYTES;
    }
  }
  return finish(to, { at, count: values.length, hasNull, oid: OID.uuid });
}

export function textArray(values: Column<string>): Buffer {
  let chars = 0;
  for (let i = 0; i < values.length; i++) chars += values[i]?.length ?? 0;
  return variableWidth(values, { oid: OID.text, bytesMax: chars * UTF8_BYTES_PER_CHAR_MAX }, writeText);
}

export function byteaArray(values: Column<Uint8Array>): Buffer {
  let bytes = 0;
  for (let i = 0; i < values.length; i++) bytes += values[i]?.length ?? 0;
  return variableWidth(values, { oid: OID.bytea, bytesMax: bytes }, (to, at, value) => {
    to.bytes.set(value, at);
    return value.length;
  });
}

function writeInt4(to: Target, at: number, value: number): void {
  if ((value | 0) !== value) throw new RangeError(`${value} is not a 32-bit integer`);
  to.view.setInt32(at, value);
}

/** Without BigInt: two halves, exact for every safe integer. */
function writeInt8(to: Target, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  const high = Math.floor(value / 2 ** 32);
  to.view.setInt32(at, high);
  to.view.setUint32(at + 4, value - high * 2 ** 32);
}

/** Epoch milliseconds as the microseconds since 2000 that PostgreSQL counts; those of far centuries are no safe integers. */
function writeInstant(to: Target, at: number, epochMs: number): void {
  const ms = epochMs - MS_2000;
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${epochMs} is no instant`);
  const high = Math.floor(ms / 2 ** 32);
  const low = (ms - high * 2 ** 32) * 1000;
  const carry = Math.floor(low / 2 ** 32);
  to.view.setInt32(at, high * 1000 + carry);
  to.view.setUint32(at + 4, low - carry * 2 ** 32);
}

function writeUuid(to: Target, at: number, value: Uuid): void {
  const isText = typeof value === 'string';
  const written = isText ? to.bytes.write(value.replaceAll('-', ''), at, 16, 'hex') : value.length;
  if (written !== 16) throw new RangeError('a UUID has 16 bytes');
  if (!isText) to.bytes.set(value, at);
}

function writeText(to: Target, at: number, value: string): number {
  const chars = value.length;
  if (chars > SHORT_TEXT_CHARS) return to.bytes.write(value, at, 'utf8');
  for (let i = 0; i < chars; i++) {
    const code = value.charCodeAt(i);
    if (code > 0x7f) return to.bytes.write(value, at, 'utf8');
    to.bytes[at + i] = code;
  }
  return chars;
}

function fixedWidth<T>(values: Column<T>, type: { oid: number; width: number }, write: (to: Target, at: number, value: T) => void): Buffer {
  const to = allocate(HEADER_BYTES + values.length * (4 + type.width));
  let at = HEADER_BYTES;
  let hasNull = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      hasNull = 1;
      to.view.setInt32(at, NULL_LENGTH);
      at += 4;
    } else {
      to.view.setInt32(at, type.width);
      write(to, at + 4, value);
      at += 4 + type.width;
    }
  }
  return finish(to, { at, count: values.length, hasNull, oid: type.oid });
}

function variableWidth<T>(
  values: Column<T>,
  type: { oid: number; bytesMax: number },
  write: (to: Target, at: number, value: T) => number,
): Buffer {
  const to = allocate(HEADER_BYTES + values.length * 4 + type.bytesMax);
  let at = HEADER_BYTES;
  let hasNull = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      hasNull = 1;
      to.view.setInt32(at, NULL_LENGTH);
      at += 4;
    } else {
      const length = write(to, at + 4, value);
      to.view.setInt32(at, length);
      at += 4 + length;
    }
  }
  return finish(to, { at, count: values.length, hasNull, oid: type.oid });
}

function allocate(size: number): Target {
  const bytes = Buffer.allocUnsafe(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, size) };
}

/** Writes the header; an array without elements has no dimension at all. */
function finish(to: Target, array: { at: number; count: number; hasNull: number; oid: number }): Buffer {
  to.view.setInt32(0, array.count === 0 ? 0 : 1);
  to.view.setInt32(4, array.hasNull);
  to.view.setInt32(8, array.oid);
  if (array.count === 0) return to.bytes.subarray(0, EMPTY_HEADER_BYTES);
  to.view.setInt32(12, array.count);
  to.view.setInt32(16, 1);
  return to.bytes.subarray(0, array.at);
}
