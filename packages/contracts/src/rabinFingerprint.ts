/** CRC-64-AVRO. Source: Avro 1.12 specification, «Schema fingerprints». */
const EMPTY = 0xc15d213aa4d7a795n;

const TABLE: readonly bigint[] = Array.from({ length: 256 }, (_, index) => {
  let fingerprint = BigInt(index);
  for (let bit = 0; bit < 8; bit++) {
    fingerprint = (fingerprint >> 1n) ^ (EMPTY & -(fingerprint & 1n));
  }
  return BigInt.asUintN(64, fingerprint);
});

/** The fingerprint of a schema's canonical form: 8 bytes, little-endian, as the single-object encoding wants it. */
export function rabinFingerprint(canonicalForm: string): Buffer {
  let fingerprint = EMPTY;
  for (const byte of Buffer.from(canonicalForm, 'utf8')) {
    fingerprint = (fingerprint >> 8n) ^ (TABLE[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, fingerprint));
  return bytes;
}
