import { type FileHandle, open } from 'node:fs/promises';
import { CliError } from '../errors.js';
import { checkLine } from './checkLine.js';
import { type FileEvent, LINE_BYTES_MAX, type Place } from './jsonlItems.js';

/** Read at once: files are often nearly in order, so that the next place lies in it as well. */
const WINDOW_BYTES = 2 * 1024 * 1024 + LINE_BYTES_MAX;

/** The events at the given places of a file, in that order. */
export async function* readPlaces(path: string, places: Iterable<Place>): AsyncGenerator<FileEvent, void, undefined> {
  const file = await open(path, 'r');
  try {
    const window = new FileWindow(file);
    for (const place of places) {
      const checked = checkLine(await window.read(place.start, place.end));
      if (checked === null || 'skipped' in checked) {
        // It was an event when the order was learnt.
        throw new CliError('file_unreadable', `${path} was changed while it was read: import it again`);
      }
      yield { ...place, ...checked, where: `line ${place.line}` };
    }
  } finally {
    await file.close();
  }
}

class FileWindow {
  readonly #file: FileHandle;
  readonly #buffer = Buffer.alloc(WINDOW_BYTES);
  #start = 0;
  #end = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async read(start: number, end: number): Promise<Buffer> {
    if (start < this.#start || end > this.#end) {
      const { bytesRead } = await this.#file.read(this.#buffer, 0, WINDOW_BYTES, start);
      this.#start = start;
      this.#end = start + bytesRead;
    }
    return this.#buffer.subarray(start - this.#start, end - this.#start);
  }
}
