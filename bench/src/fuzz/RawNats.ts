import { connect, type Socket } from 'node:net';

const CRLF = '\r\n';
const ANSWER_MS_MAX = 30_000;

/** A producer that speaks the protocol of NATS by itself: no client keeps it from sending headers that are none. */
export class RawNats {
  readonly #socket: Socket;
  readonly #waiting = new Map<string, { resolve(answer: string): void; reject(error: Error): void }>();
  readonly #inbox = `_FUZZ.${process.pid}`;
  #buffer = '';
  /** The last that it complained of. */
  #said = 'without a word';
  #sent = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#read(chunk.toString('latin1')));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error(`the server hung up: ${this.#said}`)));
  }

  static async open(url: string): Promise<RawNats> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('connect', resolve);
    });
    const raw = new RawNats(socket);
    const options = { verbose: false, pedantic: false, headers: true, no_responders: true, lang: 'raw', version: '1', protocol: 1 };
    socket.write(`CONNECT ${JSON.stringify(options)}${CRLF}SUB ${raw.#inbox}.* 1${CRLF}`);
    return raw;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Resolves with what the stream answers. @param head all that stands before the data: `NATS/1.0`, and whatever follows */
  publish(subject: string, head: Buffer, data: Buffer): Promise<string> {
    const id = String(this.#sent++);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`nothing came back on ${subject}`)), ANSWER_MS_MAX);
      const settle = <T>(end: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          clearTimeout(timer);
          end(value);
        };
      };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#socket.write(`HPUB ${subject} ${this.#inbox}.${id} ${head.length} ${head.length + data.length}${CRLF}`);
      this.#socket.write(Buffer.concat([head, data, Buffer.from(CRLF)]));
    });
  }

  /** `MSG <subject> <sid> <bytes>` or `HMSG <subject> <sid> <head> <bytes>`, then the bytes; and now and then a PING. */
  #read(text: string): void {
    this.#buffer += text;
    for (;;) {
      const end = this.#buffer.indexOf(CRLF);
      if (end === -1) return;
      const line = this.#buffer.slice(0, end);
      if (line.startsWith('-ERR')) this.#said = line;
      if (line === 'PING') this.#socket.write(`PONG${CRLF}`);
      const [verb = '', subject = '', ...rest] = line.split(' ');
      const bytes = verb === 'MSG' || verb === 'HMSG' ? Number(rest.at(-1)) + CRLF.length : 0;
      if (this.#buffer.length < end + CRLF.length + bytes) return;
      const data = this.#buffer.slice(end + CRLF.length, end + CRLF.length + bytes);
      this.#buffer = this.#buffer.slice(end + CRLF.length + bytes);
      if (bytes > 0) this.#answer(subject.split('.').at(-1) ?? '', data);
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #answer(id: string, data: string): void {
    this.#waiting.get(id)?.resolve(data);
    this.#waiting.delete(id);
  }
}
