import type { AvroReader } from './AvroReader.js';
import { isJsonObject } from './isJsonObject.js';

/** Any item of an array takes at least a byte: there are none of null, nor of records without fields, in our schemas. */
const ITEM_BYTES_MIN = 1;

/** Whether values of the schema can claim to be longer than their bytes. */
export function hasArrays(schema: unknown): boolean {
  return /"(array|map)"/.test(JSON.stringify(schema));
}

/**
 * Goes over a value without keeping anything of it. A general decoder makes as many items as a count says, though the bytes have
 * long come to an end: one broken byte could fill the memory.
 * @throws RangeError where the value goes beyond its bytes
 */
export function checkAvroBounds(schema: unknown, reader: AvroReader): void {
  walk(schema, { reader, named: new Map() });
}

interface Walk {
  reader: AvroReader;
  named: Map<string, unknown>;
}

function walk(schema: unknown, at: Walk): void {
  if (Array.isArray(schema)) return walk(schema[at.reader.long()] ?? 'unknown', at);
  if (typeof schema === 'string') return walkNamed(schema, at);
  if (!isJsonObject(schema)) throw new RangeError('a schema is neither a name, a list nor an object');
  if (typeof schema.name === 'string') at.named.set(schema.name, schema);
  switch (schema.type) {
    case 'record':
      for (const { type } of schema.fields as { type: unknown }[]) walk(type, at);
      return;
    case 'array':
      at.reader.array(ITEM_BYTES_MIN, () => walk(schema.items, at));
      return;
    case 'fixed':
      at.reader.passOver(Number(schema.size));
      return;
    default:
      walk(schema.type, at);
  }
}

function walkNamed(name: string, at: Walk): void {
  switch (name) {
    case 'null':
      return;
    case 'boolean':
      at.reader.boolean();
      return;
    case 'int':
    case 'long':
    case 'enum':
      at.reader.long();
      return;
    case 'double':
      at.reader.passOver(8);
      return;
    case 'bytes':
    case 'string':
      at.reader.passOver(at.reader.long());
      return;
    default: {
      const known = at.named.get(name.split('.').at(-1) ?? '');
      if (known === undefined) throw new RangeError(`there is no branch or type ${name}`);
      walk(known, at);
    }
  }
}
