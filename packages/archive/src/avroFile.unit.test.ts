import avro from 'avsc';
import { describe, expect, it } from 'vitest';
import { decodeAvroFile, encodeAvroFile } from './avroFile.js';
import type { LogEntry } from './LogEntry.js';

const SYNC = Buffer.alloc(16, 7);
const entries: LogEntry[] = Array.from({ length: 2_000 }, (_, n) => ({
  sequence: 2 ** 40 + n * 3,
  subject: `log.${n % 8}.default`,
  storedAt: 1_767_225_600_000 + n,
  headers: n % 5 === 0 ? [{ name: 'Cairn-Redrives', value: String(n) }] : [],
  data: Buffer.from(`entry ${n} `.repeat(n % 40)),
}));

describe('an Avro file of the log', () => {
  it('is read by any reader of Avro object container files', async () => {
    const decoder = new avro.streams.BlockDecoder();
    const read: LogEntry[] = [];
    decoder.on('data', (entry: LogEntry) => read.push(entry));
    const ended = new Promise((resolve, reject) => decoder.on('end', resolve).on('error', reject));
    decoder.end(encodeAvroFile(entries, SYNC));
    await ended;
    expect(read.map((entry) => ({ ...entry, headers: entry.headers.map((header) => ({ ...header })) }))).toEqual(entries);
  });

  it('gives back what was written, and the same bytes for the same entries', () => {
    const bytes = encodeAvroFile(entries, SYNC);
    expect(decodeAvroFile(bytes)).toEqual(entries);
    expect(encodeAvroFile(entries, SYNC).equals(bytes)).toBe(true);
    expect(decodeAvroFile(encodeAvroFile([], SYNC))).toEqual([]);
  });

  it('says of any other file that it cannot be read', () => {
    const bytes = encodeAvroFile(entries.slice(0, 50), SYNC);
    for (let cut = 0; cut < bytes.length - 1; cut += 37) {
      // A file that ends with a whole block ends well: its hash says that there was more.
      const read = (): unknown => decodeAvroFile(bytes.subarray(0, cut));
      expect(read, `cut at ${cut}`).toThrow(expect.objectContaining({ code: 'archive_damaged' }) as Error);
    }
  });
});
