import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { OutputClosed } from '../errors.js';
import { isErrno } from '../isErrno.js';

export type Style = Parameters<typeof styleText>[0];

/** Whether to style is decided here, for the streams that were handed in; Node would ask its own. */
const FORCED = { validateStream: false } as const;

export interface OutputOptions {
  stdout: Writable;
  stderr: Writable;
  /** Whether a person looks at it, each for itself. */
  isTTY: { stdout: boolean; stderr: boolean };
  noColour: boolean;
}

/** What a command says: results to stdout, everything about them to stderr. */
export class Output {
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  readonly stderr: Writable;
  readonly #stdout: Writable;
  readonly #noColour: boolean;
  readonly #gone = new AbortController();
  #failure: Error | null = null;

  constructor(options: OutputOptions) {
    this.#stdout = options.stdout;
    this.stderr = options.stderr;
    this.isTTY = options.isTTY;
    this.#noColour = options.noColour;
    this.#stdout.on('error', this.#onError);
  }

  /** To be called once the command has ended: the streams belong to the caller. */
  release(): void {
    this.#stdout.off('error', this.#onError);
  }

  /** Aborted once nobody reads the results any more. */
  get closed(): AbortSignal {
    return this.#gone.signal;
  }

  /** A line of results. Waits where the reader is slower. @throws OutputClosed once the reader has gone. */
  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }

  async lines(texts: readonly string[]): Promise<void> {
    for (const text of texts) await this.line(text);
  }

  /** One JSON document on a line of its own. */
  async json(document: unknown): Promise<void> {
    await this.line(JSON.stringify(document));
  }

  async write(text: string): Promise<void> {
    this.#throwIfClosed();
    if (this.#stdout.write(text)) return;
    try {
      await once(this.#stdout, 'drain', { signal: this.#gone.signal });
    } catch (cause) {
      this.#throwIfClosed();
      throw cause;
    }
  }

  /** A line about what is going on; never a result. */
  note(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  /** Text for stdout in a style, where a terminal shows it. */
  style(style: Style, text: string): string {
    return this.isTTY.stdout && !this.#noColour ? styleText(style, text, FORCED) : text;
  }

  /** The same for stderr. */
  noteStyle(style: Style, text: string): string {
    return this.isTTY.stderr && !this.#noColour ? styleText(style, text, FORCED) : text;
  }

  #throwIfClosed(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  readonly #onError = (error: Error): void => {
    this.#failure = isErrno(error, 'EPIPE') ? new OutputClosed() : error;
    this.#gone.abort();
  };
}
