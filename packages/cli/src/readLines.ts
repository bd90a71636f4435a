const LINE_FEED = 0x0a;

/** A line without its line feed, and where it lies in the stream. */
export interface Line {
  bytes: Buffer;
  /** Offsets in bytes from the beginning of the stream; `end` is behind the line feed. */
  start: number;
  end: number;
  /** Longer than the bound: `bytes` holds its beginning only. */
  cut: boolean;
}

export interface ReadLinesOptions {
  lineBytesMax: number;
}

/** Cuts a stream of bytes into lines. It holds one chunk and one line, never more than the bound of it. */
export async function* readLines(stream: AsyncIterable<Buffer>, { lineBytesMax }: ReadLinesOptions): AsyncGenerator<Line, void, undefined> {
  let parts: Buffer[] = [];
  let kept = 0;
  let length = 0;
  let start = 0;
  const keep = (part: Buffer): void => {
    length += part.length;
    if (kept >= lineBytesMax) return;
    const taken = part.subarray(0, lineBytesMax - kept);
    parts.push(taken);
    kept += taken.length;
  };
  const finish = (feed: number): Line => {
    const line = {
      bytes: parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts),
      start,
      end: start + length + feed,
      cut: length > kept,
    };
    start = line.end;
    parts = [];
    kept = 0;
    length = 0;
    return line;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      keep(chunk.subarray(from, at));
      from = at + 1;
      yield finish(1);
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  }
  if (length > 0) yield finish(0);
}
