import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AvroCodec } from './avroRegistry.js';
import { decodeProducerAvro, producerSchemaFingerprints } from './producerAvro.js';
import { rabinFingerprint } from './rabinFingerprint.js';

const SCHEMAS = new URL('../../../schemas/', import.meta.url);

describe('rabinFingerprint', () => {
  it('is the CRC-64-AVRO of the specification', () => {
    // Source: Avro's own test data, share/test/data/schema-tests.txt.
    expect(bigEndian('"null"')).toBe('63dd24e7cc258f8a');
    expect(bigEndian('"int"')).toBe('7275d51a3f395c8f');
    expect(bigEndian('"string"')).toBe('8f014872634503c7');
  });
});

describe('schemas', () => {
  it('are named by the fingerprints that other Avro libraries compute', () => {
    const schema = JSON.parse(readFileSync(new URL('event.avsc', SCHEMAS), 'utf8')) as Schema;
    const canonical = JSON.stringify(canonicalForm(schema, ''));
    expect(producerSchemaFingerprints()).toContain(rabinFingerprint(canonical).toString('hex'));
    expect(producerSchemaFingerprints()).toContain(bigEndian(canonical));
  });

  it('have their current version as the newest of their history', () => {
    for (const file of readdirSync(SCHEMAS).filter((name) => name.endsWith('.avsc'))) {
      const history = new URL(`history/${file.slice(0, -'.avsc'.length)}/`, SCHEMAS);
      const newest = Math.max(...readdirSync(history).map((name) => Number.parseInt(name, 10)));
      const read = (url: URL) => JSON.parse(readFileSync(url, 'utf8')) as unknown;
      expect([file, read(new URL(`${newest}.avsc`, history))]).toEqual([file, read(new URL(file, SCHEMAS))]);
    }
  });
});

describe('decodeProducerAvro', () => {
  const codec = new AvroCodec<Record<string, unknown>>('event');
  const fingerprint = codec.fingerprints.at(-1) ?? '';
  const encode = (said: Record<string, unknown>) =>
    codec.encodeBare({
      event_id: 'e1',
      idempotency_key: null,
      type: 'build.succeeded',
      actor: { user_id: 'ada', tenant_id: null, team_id: null },
      source: null,
      occurred_at: 0,
      properties: null,
      schema_version: 1,
      backfill: false,
      ...said,
    });
  const refusal = (code: string) => expect.objectContaining({ code }) as Error;

  it('gives the JSON object that it stands for', () => {
    expect(decodeProducerAvro(encode({ properties: '{"n":1}' }), fingerprint)).toEqual({
      event_id: 'e1',
      type: 'build.succeeded',
      actor: { user_id: 'ada' },
      occurred_at: '1970-01-01T00:00:00Z',
      properties: { n: 1 },
      schema_version: 1,
      backfill: false,
    });
  });

  it('reads what a producer writes who has an older version', () => {
    const [first = ''] = codec.fingerprints;
    const written = encode({ properties: '{"n":1}' });
    // The field that came since stands last, in a byte.
    expect(decodeProducerAvro(written.subarray(0, -1), first)).toEqual(decodeProducerAvro(written, fingerprint));
  });

  it('refuses what cannot be an event', () => {
    expect(() => decodeProducerAvro(encode({}), 'ffffffffffffffff')).toThrow(refusal('unknown_schema'));
    expect(() => decodeProducerAvro(encode({}).subarray(1), fingerprint)).toThrow(refusal('invalid_avro'));
    expect(() => decodeProducerAvro(Buffer.concat([encode({}), Buffer.from([1])]), fingerprint)).toThrow(refusal('invalid_avro'));
    expect(() => decodeProducerAvro(encode({ properties: '{' }), fingerprint)).toThrow(refusal('invalid_avro'));
    expect(() => decodeProducerAvro(encode({ occurred_at: 253_402_300_800_000 }), fingerprint)).toThrow(refusal('invalid_avro'));
    expect(() => decodeProducerAvro(encode({ occurred_at: -62_135_596_800_001 }), fingerprint)).toThrow(refusal('invalid_avro'));
  });
});

function bigEndian(canonical: string): string {
  return Buffer.from(rabinFingerprint(canonical)).reverse().toString('hex');
}

type Schema = string | Schema[] | { type: Schema; name?: string; namespace?: string; fields?: Schema[]; items?: Schema; size?: number };

/** The Parsing Canonical Form by the letter of the specification, to compare with what the library makes of a schema. */
function canonicalForm(schema: Schema, namespace: string): unknown {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return schema.map((branch) => canonicalForm(branch, namespace));
  const { type, name, fields, items, size } = schema;
  const inner = schema.namespace ?? namespace;
  if (fields !== undefined) return { name: `${inner}.${name}`, type, fields: fields.map((field) => fieldForm(field, inner)) };
  if (items !== undefined) return { type, items: canonicalForm(items, inner) };
  if (size !== undefined) return { name: `${inner}.${name}`, type, size };
  return canonicalForm(type, inner);
}

function fieldForm(field: Schema, namespace: string): unknown {
  if (typeof field === 'string' || Array.isArray(field)) throw new Error('a field is an object');
  return { name: field.name, type: canonicalForm(field.type, namespace) };
}
