/**
 * One-dimensional PostgreSQL arrays in the binary format that `array_recv` reads:
 * dimensions, has-nulls flag, element oid, length, lower bound, then each element as length and bytes.
 * `pg` sends a Buffer as a binary parameter as it is, so that a column of a batch costs one pass and no text.
 */

const HEADER_BYTES = 20;
const EMPTY_HEADER_BYTES = 12;
const NULL_LENGTH = -1;
const MS_2000 = Date.UTC(2000, 0, 1);

const OID = { bool: 16, bytea: 17, int8: 20, int4: 23, text: 25, float8: 701, timestamptz: 1184, uuid: 2950 } as const;

/** A UUID as its 16 bytes or as text. */
export type Uuid = Uint8Array | string;

type Column<T> = ArrayLike<T | null>;

export function int4Array(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.int4, width: 4 }, (to, at, value) => to.writeInt32BE(value, at));
}

export function int8Array(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.int8, width: 8 }, writeInt8);
}

export function float8Array(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.float8, width: 8 }, (to, at, value) => to.writeDoubleBE(value, at));
}

export function boolArray(values: Column<boolean>): Buffer {
  return fixedWidth(values, { oid: OID.bool, width: 1 }, (to, at, value) => to.writeUInt8(value ? 1 : 0, at));
}

export function timestamptzArray(values: Column<number>): Buffer {
  return fixedWidth(values, { oid: OID.timestamptz, width: 8 }, writeInstant);
}

export function uuidArray(values: Column<Uuid>): Buffer {
  return fixedWidth(values, { oid: OID.uuid, width: 16 }, writeUuid);
}

export function textArray(values: Column<string>): Buffer {
  let bytes = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
  }
  return variableWidth(values, { oid: OID.text, bytes }, (to, at, value) => to.write(value, at, 'utf8'));
}

export function byteaArray(values: Column<Uint8Array>): Buffer {
  let bytes = 0;
  for (let i = 0; i < values.length; i++) bytes += values[i]?.length ?? 0;
  return variableWidth(values, { oid: OID.bytea, bytes }, (to, at, value) => {
    to.set(value, at);
    return value.length;
  });
}

/** Without BigInt: two halves, exact for every safe integer. */
function writeInt8(to: Buffer, at: number, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
  const high = Math.floor(value / 2 ** 32);
  to.writeInt32BE(high, at);
  to.writeUInt32BE(value - high * 2 ** 32, at + 4);
}

/** Epoch milliseconds as the microseconds since 2000 that PostgreSQL counts; those of far centuries are no safe integers. */
function writeInstant(to: Buffer, at: number, epochMs: number): void {
  const ms = epochMs - MS_2000;
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${epochMs} is no instant`);
  const high = Math.floor(ms / 2 ** 32);
  const low = (ms - high * 2 ** 32) * 1000;
  const carry = Math.floor(low / 2 ** 32);
  to.writeInt32BE(high * 1000 + carry, at);
  to.writeUInt32BE(low - carry * 2 ** 32, at + 4);
}

function writeUuid(to: Buffer, at: number, value: Uuid): void {
  const written = typeof value === 'string' ? to.write(value.replaceAll('-', ''), at, 16, 'hex') : value.length;
  if (written !== 16) throw new RangeError('a UUID has 16 bytes');
  if (typeof value !== 'string') to.set(value, at);
}

function fixedWidth<T>(values: Column<T>, type: { oid: number; width: number }, write: (to: Buffer, at: number, value: T) => void): Buffer {
  const count = values.length;
  const to = Buffer.allocUnsafe(HEADER_BYTES + count * (4 + type.width));
  let at = HEADER_BYTES;
  let hasNull = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      hasNull = 1;
      at = to.writeInt32BE(NULL_LENGTH, at);
    } else {
      at = to.writeInt32BE(type.width, at);
      write(to, at, value);
      at += type.width;
    }
  }
  return finish(to, { at, count, hasNull, oid: type.oid });
}

function variableWidth<T>(
  values: Column<T>,
  type: { oid: number; bytes: number },
  write: (to: Buffer, at: number, value: T) => number,
): Buffer {
  const count = values.length;
  const to = Buffer.allocUnsafe(HEADER_BYTES + count * 4 + type.bytes);
  let at = HEADER_BYTES;
  let hasNull = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      hasNull = 1;
      at = to.writeInt32BE(NULL_LENGTH, at);
    } else {
      const length = write(to, at + 4, value);
      to.writeInt32BE(length, at);
      at += 4 + length;
    }
  }
  return finish(to, { at, count, hasNull, oid: type.oid });
}

/** Writes the header; an array without elements has no dimension at all. */
function finish(to: Buffer, array: { at: number; count: number; hasNull: number; oid: number }): Buffer {
  to.writeInt32BE(array.count === 0 ? 0 : 1, 0);
  to.writeInt32BE(array.hasNull, 4);
  to.writeInt32BE(array.oid, 8);
  if (array.count === 0) return to.subarray(0, EMPTY_HEADER_BYTES);
  to.writeInt32BE(array.count, 12);
  to.writeInt32BE(1, 16);
  return to.subarray(0, array.at);
}
