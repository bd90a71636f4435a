import type { ByteReader } from '../state/byteReader.js';
import type { ByteWriter } from '../state/byteWriter.js';
import type { ExactSum } from './exactSum.js';

/** Bound: 10 bytes while the sum is a double, at most 300 otherwise. */
export function writeExactSum(writer: ByteWriter, sum: ExactSum): void {
  if (typeof sum === 'number') {
    writer.byte(0);
    writer.number(sum);
    return;
  }
  writer.byte(1);
  writer.signed(sum.exponent);
  writer.text(sum.mantissa.toString(36));
}

export function readExactSum(reader: ByteReader): ExactSum {
  if (reader.byte() === 0) return reader.number();
  const exponent = reader.signed();
  return { mantissa: parseBigInt(reader.text()), exponent };
}

const RADIX = 36n;

function parseBigInt(text: string): bigint {
  const negative = text.startsWith('-');
  let value = 0n;
  for (const digit of negative ? text.slice(1) : text) value = value * RADIX + BigInt(parseInt(digit, 36));
  return negative ? -value : value;
}
