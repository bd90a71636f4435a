import avsc from 'avsc';
import { AvroReader } from './AvroReader.js';
import { checkAvroBounds, hasArrays } from './checkAvroBounds.js';
import { CairnError } from './errors.js';
import { SCHEMA_VERSIONS } from './generated/schemas.generated.js';
import { rabinFingerprint } from './rabinFingerprint.js';

export type SchemaName = keyof typeof SCHEMA_VERSIONS;

/** Avro's single-object encoding: a marker, the writer's fingerprint (little-endian), the value. Source: Avro 1.12, «Single-object encoding». */
const MARKER = Buffer.from([0xc3, 0x01]);
const HEADER_BYTES = 10;

interface Reader {
  /** Of the writer, where a value could claim to be longer than its bytes; else null. */
  schema: unknown;
  resolver: ReturnType<avsc.Type['createResolver']> | undefined;
}

/** In hex, of every version of every schema: what is none of them was written by a newer Cairn. */
const KNOWN_FINGERPRINTS: ReadonlySet<string> = new Set(
  Object.values(SCHEMA_VERSIONS).flatMap((versions) =>
    versions.map((schema) => rabinFingerprint(canonicalForm(avsc.Type.forSchema(schema, { wrapUnions: 'auto' }))).toString('hex')),
  ),
);

/** The codec of one schema: writes the current version, reads every version that there ever was. */
export class AvroCodec<T> {
  readonly #current: avsc.Type;
  readonly #header: Buffer;
  readonly #readers = new Map<string, Reader>();
  /** By the fingerprint that stands before a value; the first is 1. */
  readonly #versions = new Map<string, number>();

  constructor(name: SchemaName) {
    const types = SCHEMA_VERSIONS[name].map((schema) => avsc.Type.forSchema(schema, { wrapUnions: 'auto' }));
    const current = types.at(-1);
    if (current === undefined) throw new Error(`schemas/history/${name} holds no version`);
    this.#current = current;
    this.#header = Buffer.concat([MARKER, rabinFingerprint(canonicalForm(current))]);
    for (const type of types) {
      const resolver = type === current ? undefined : current.createResolver(type);
      const schema = hasArrays(type.schema()) ? type.schema() : null;
      for (const fingerprint of fingerprintsOf(type)) this.#readers.set(fingerprint, { schema, resolver });
      this.#versions.set(rabinFingerprint(canonicalForm(type)).toString('hex'), this.#versions.size + 1);
    }
  }

  /** The fingerprints that producers may name this schema by, in hex: CRC-64-AVRO, MD5 and SHA-256 of its canonical form, of every version. */
  get fingerprints(): string[] {
    return [...this.#readers.keys()];
  }

  /** What stands before each value in the single-object encoding. */
  get header(): Buffer {
    return this.#header;
  }

  isValid(value: unknown): boolean {
    return this.#current.isValid(value, { noUndeclaredFields: true });
  }

  /** Single-object encoding. */
  encode(value: T): Buffer {
    return Buffer.concat([this.#header, this.#current.toBuffer(value)]);
  }

  /**
   * @throws CairnError `undecodable_entry` for what is not of this schema in any version; `newer_entry` for what is of one that nobody
   * here knows
   */
  decode(bytes: Uint8Array): T {
    const { buffer, fingerprint } = this.#open(bytes);
    return this.#read(buffer, { fingerprint, offset: HEADER_BYTES, code: 'undecodable_entry' });
  }

  /** The bytes of a value with its header, and the number of the version that it was written in. @throws CairnError as `decode` does */
  open(bytes: Uint8Array): { buffer: Buffer; version: number } {
    const { buffer, fingerprint } = this.#open(bytes);
    const version = this.#versions.get(fingerprint);
    if (version !== undefined) return { buffer, version };
    throw new CairnError('undecodable_entry', 'names its schema by a fingerprint of another kind');
  }

  #open(bytes: Uint8Array): { buffer: Buffer; fingerprint: string } {
    const buffer = asBuffer(bytes);
    if (buffer.length < HEADER_BYTES || !buffer.subarray(0, 2).equals(MARKER)) {
      throw new CairnError('undecodable_entry', 'is not in the single-object encoding of Avro');
    }
    const fingerprint = buffer.toString('hex', 2, HEADER_BYTES);
    if (this.#readers.has(fingerprint)) return { buffer, fingerprint };
    if (KNOWN_FINGERPRINTS.has(fingerprint)) throw new CairnError('undecodable_entry', 'is of a schema that does not belong here');
    throw new CairnError('newer_entry', `is of a schema that this version of Cairn does not know (${fingerprint}): a newer one wrote it`);
  }

  /** A bare value, whose writer's fingerprint came beside it. @throws CairnError `unknown_schema` or `invalid_avro`. */
  decodeBare(bytes: Uint8Array, fingerprint: string): T {
    return this.#read(asBuffer(bytes), {
      fingerprint: fingerprint.toLowerCase(),
      offset: 0,
      code: 'invalid_avro',
    });
  }

  encodeBare(value: T): Buffer {
    return this.#current.toBuffer(value);
  }

  #read(
    buffer: Buffer,
    from: {
      fingerprint: string;
      offset: number;
      code: 'undecodable_entry' | 'invalid_avro';
    },
  ): T {
    const reader = this.#readers.get(from.fingerprint);
    if (reader === undefined) {
      const code = from.code === 'invalid_avro' ? 'unknown_schema' : from.code;
      throw new CairnError(
        code,
        `the Avro schema with the fingerprint ${from.fingerprint} is not known here: known are ${this.fingerprints.join(', ')}`,
      );
    }
    let decoded: { value: T; offset: number };
    try {
      if (reader.schema !== null) checkAvroBounds(reader.schema, new AvroReader(buffer, from.offset));
      decoded = this.#current.decode(buffer, from.offset, reader.resolver);
    } catch (cause) {
      throw new CairnError(from.code, 'the bytes do not follow their Avro schema', { cause });
    }
    if (decoded.offset !== buffer.length)
      throw new CairnError(from.code, 'the bytes do not follow their Avro schema: they are too short or too long');
    return decoded.value;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function canonicalForm(type: avsc.Type): string {
  return JSON.stringify(type.schema());
}

function fingerprintsOf(type: avsc.Type): string[] {
  const crc = rabinFingerprint(canonicalForm(type));
  const bigEndian = Buffer.from(crc).reverse();
  return [
    crc.toString('hex'),
    bigEndian.toString('hex'),
    type.fingerprint('md5').toString('hex'),
    type.fingerprint('sha256').toString('hex'),
  ];
}
