import type { Readable } from 'node:stream';

/** A longer line is handed on in pieces, so that a stream without line breaks cannot fill the memory. */
const LINE_CHARS_MAX = 16 * 1024;

/** Calls back with each line of a text stream, without its line break; an empty line is left out. */
export function forEachLine(stream: Readable, callback: (line: string) => void): void {
  let rest = '';
  const emit = (line: string): void => {
    if (line !== '') callback(line);
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach(emit);
    if (rest.length > LINE_CHARS_MAX) {
      emit(rest);
      rest = '';
    }
  });
  stream.once('end', () => emit(rest));
}
