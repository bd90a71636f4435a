import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avro from 'avsc';
import { ArchiveError } from './ArchiveError.js';
import type { LogEntry } from './LogEntry.js';
import { BLOCK_BYTES } from './limits.js';

const MAGIC = Buffer.from('Obj\u0001', 'latin1');
const SYNC_BYTES = 16;

const entryType = avro.Type.forSchema({
  type: 'record',
  name: 'LogEntry',
  namespace: 'cairn.archive',
  doc: 'An entry of CAIRN_LOG as the stream holds it.',
  fields: [
    { name: 'sequence', type: 'long', doc: 'Its place in the log.' },
    { name: 'subject', type: 'string' },
    { name: 'storedAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    {
      name: 'headers',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Header',
          fields: [
            { name: 'name', type: 'string' },
            { name: 'value', type: 'string' },
          ],
        },
      },
    },
    { name: 'data', type: 'bytes' },
  ],
});

/** https://avro.apache.org/docs/1.12.0/specification/#object-container-files */
const headerType = avro.Type.forSchema({
  type: 'record',
  name: 'org.apache.avro.file.Header',
  fields: [
    { name: 'magic', type: { type: 'fixed', name: 'Magic', size: MAGIC.length } },
    { name: 'meta', type: { type: 'map', values: 'bytes' } },
    { name: 'sync', type: { type: 'fixed', name: 'Sync', size: SYNC_BYTES } },
  ],
});
const blockType = avro.Type.forSchema({
  type: 'record',
  name: 'Block',
  fields: [
    { name: 'count', type: 'long' },
    { name: 'data', type: 'bytes' },
    { name: 'sync', type: { type: 'fixed', name: 'BlockSync', size: SYNC_BYTES } },
  ],
});

interface Header {
  magic: Buffer;
  meta: Record<string, Buffer>;
  sync: Buffer;
}

interface Block {
  count: number;
  data: Buffer;
  sync: Buffer;
}

/** An Avro object container file. The same entries give the same bytes; `sync` must not be guessed from what they hold. */
export function encodeAvroFile(entries: readonly LogEntry[], sync: Buffer): Buffer {
  const meta = {
    'avro.schema': Buffer.from(JSON.stringify(entryType.schema({ exportAttrs: true }))),
    'avro.codec': Buffer.from('deflate'),
  };
  const parts = [headerType.toBuffer({ magic: MAGIC, meta, sync })];
  for (const { count, bytes } of blocksOf(entries)) parts.push(blockType.toBuffer({ count, data: deflateRawSync(bytes), sync }));
  return Buffer.concat(parts);
}

function* blocksOf(entries: readonly LogEntry[]): Generator<{ count: number; bytes: Buffer }> {
  let pending: Buffer[] = [];
  let size = 0;
  for (const entry of entries) {
    const encoded = entryType.toBuffer(entry);
    pending.push(encoded);
    size += encoded.length;
    if (size < BLOCK_BYTES) continue;
    yield { count: pending.length, bytes: Buffer.concat(pending) };
    pending = [];
    size = 0;
  }
  if (pending.length > 0) yield { count: pending.length, bytes: Buffer.concat(pending) };
}

/** @throws ArchiveError archive_damaged */
export function decodeAvroFile(bytes: Buffer): LogEntry[] {
  const entries: LogEntry[] = [];
  try {
    const { value, offset } = decoded<Header>(headerType, bytes, 0);
    if (!value.magic.equals(MAGIC)) throw new Error('it does not begin as an Avro file does');
    if (value.meta['avro.codec']?.toString() !== 'deflate') throw new Error('its codec is not deflate');
    for (let at = offset; at < bytes.length; ) {
      const block = decoded<Block>(blockType, bytes, at);
      if (!block.value.sync.equals(value.sync)) throw new Error('a block does not end where it should');
      readBlock(block.value, entries);
      at = block.offset;
    }
  } catch (cause) {
    throw new ArchiveError('archive_damaged', `a file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  return entries;
}

function readBlock({ count, data }: Block, entries: LogEntry[]): void {
  const raw = inflateRawSync(data);
  let at = 0;
  for (let n = 0; n < count; n++) {
    const { value, offset } = decoded<LogEntry>(entryType, raw, at);
    entries.push(value);
    at = offset;
  }
}

function decoded<Value>(type: avro.Type, bytes: Buffer, at: number): { value: Value; offset: number } {
  const read = type.decode(bytes, at);
  if (read.offset < 0) throw new Error('it is cut off');
  return { value: read.value as Value, offset: read.offset };
}
