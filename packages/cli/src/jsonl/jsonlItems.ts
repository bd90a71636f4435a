import { createReadStream } from 'node:fs';
import { readLines } from '../readLines.js';
import type { OutgoingEvent, SkippedItem } from '../sending/sendInOrder.js';
import { checkLine } from './checkLine.js';

/** What the server takes of one event, envelope included, and room for the spaces of a generous writer. */
export const LINE_BYTES_MAX = 256 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/** Where reading begins: a byte, and how many lines lie before it. */
export interface FilePosition {
  offset: number;
  lines: number;
}

/** Where a line stands in its file: bytes, the second behind its line feed, and its number from 1. */
export interface Place {
  start: number;
  end: number;
  line: number;
}

export type FileEvent = OutgoingEvent & Place & { occurredAt: number };
export type FileItem = FileEvent | (SkippedItem & Place);

export interface JsonlOptions {
  from: FilePosition;
  /** Bytes of the file that are looked at: what is written to it meanwhile belongs to the next import. */
  size: number;
}

/** The lines of a file as they stand in it, blank ones left out. */
export async function* jsonlItems(path: string, { from, size }: JsonlOptions): AsyncGenerator<FileItem, void, undefined> {
  if (from.offset >= size) return;
  const stream = createReadStream(path, { start: from.offset, end: size - 1, highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  let line = from.lines;
  for await (const { bytes, start, end, cut } of readLines(stream, { lineBytesMax: LINE_BYTES_MAX })) {
    line++;
    const place = { start: from.offset + start, end: from.offset + end, line, where: `line ${line}` };
    if (cut) {
      yield { ...place, skipped: 'line_too_long', what: `the line is longer than ${LINE_BYTES_MAX} bytes` };
      continue;
    }
    const checked = checkLine(bytes);
    if (checked !== null) yield { ...place, ...checked };
  }
}
