/**
 * A sum of doubles without any rounding, so that the order of the additions does not matter. While the exact sum is a
 * double it is kept as one; otherwise as mantissa · 2^exponent. The form follows from the value alone.
 */
export type ExactSum = number | { mantissa: bigint; exponent: number };

const MANTISSA_BITS = 52;
/** The exponent of the smallest double, 2^-1074. */
const EXPONENT_MIN = -1074;
const bits = new DataView(new ArrayBuffer(8));

export function addExactly(a: ExactSum, b: ExactSum): ExactSum {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    // Knuth's two-sum: the part that rounding took away, exactly. It is nothing for all but a few additions.
    const partOfB = sum - a;
    const lost = a - (sum - partOfB) + (b - partOfB);
    if (lost === 0 && Number.isFinite(sum)) return sum;
  }
  return normalise(addScaled(toScaled(a), toScaled(b)));
}

/** The nearest double; the largest one for what lies beyond. */
export function roundSum(sum: ExactSum): number {
  if (typeof sum === 'number') return sum;
  return Math.min(Math.max(toDouble(sum), -Number.MAX_VALUE), Number.MAX_VALUE);
}

interface Scaled {
  mantissa: bigint;
  exponent: number;
}

function toScaled(sum: ExactSum): Scaled {
  if (typeof sum !== 'number') return sum;
  bits.setFloat64(0, sum);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const mantissa = biased === 0 ? fraction : fraction | (1n << BigInt(MANTISSA_BITS));
  const exponent = biased === 0 ? EXPONENT_MIN : biased + EXPONENT_MIN - 1;
  return { mantissa: high >>> 31 === 1 ? -mantissa : mantissa, exponent };
}

function addScaled(a: Scaled, b: Scaled): Scaled {
  const exponent = Math.min(a.exponent, b.exponent);
  const mantissa = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return { mantissa, exponent };
}

function normalise(scaled: Scaled): ExactSum {
  if (scaled.mantissa === 0n) return 0;
  const zeros = trailingZeros(scaled.mantissa);
  const mantissa = scaled.mantissa >> BigInt(zeros);
  const exponent = scaled.exponent + zeros;
  const short = bitLength(mantissa) <= MANTISSA_BITS + 1;
  const double = short ? toDouble({ mantissa, exponent }) : Number.POSITIVE_INFINITY;
  return Number.isFinite(double) ? double : { mantissa, exponent };
}

/** Number(bigint) rounds to the nearest double; a sum of doubles below the smallest normal one is exact already. */
function toDouble({ mantissa, exponent }: Scaled): number {
  const shift = bitLength(mantissa) - (MANTISSA_BITS + 12);
  // Keeps the bits that rounding looks at, with one that stands for all that lie below them.
  const sticky = shift > 0 && (mantissa & ((1n << BigInt(shift)) - 1n)) !== 0n ? 1n : 0n;
  const head = shift > 0 ? (mantissa >> BigInt(shift)) | sticky : mantissa;
  const scale = exponent + Math.max(shift, 0);
  const half = Math.trunc(scale / 2);
  return Number(head) * 2 ** half * 2 ** (scale - half);
}

function bitLength(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).length;
}

function trailingZeros(value: bigint): number {
  const text = value.toString(2);
  return text.length - text.lastIndexOf('1') - 1;
}
