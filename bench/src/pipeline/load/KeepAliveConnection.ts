import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  status: number;
  body: Buffer;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const STATUS = /^HTTP\/1\.1 (\d{3}) /;
const CONTENT_LENGTH = /\r\ncontent-length: (\d+)\r\n/i;

interface Waiting {
  resolve(answer: HttpAnswer): void;
  reject(error: unknown): void;
}

/**
 * One connection that is kept, with one request on its way at a time. It reads no more of HTTP/1.1 than what a server says that
 * knows the length of its answers: a whole client takes more of the processor than the server that is measured.
 */
export class KeepAliveConnection {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  static open(url: URL): Promise<KeepAliveConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new KeepAliveConnection(socket));
      });
    });
  }

  /** Sends a whole request as it stands. */
  send(request: Buffer): Promise<HttpAnswer> {
    if (this.#waiting !== undefined) throw new Error('a request is on its way already');
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const endOfHead = this.#received.indexOf(END_OF_HEAD);
    if (endOfHead < 0) return;
    const head = this.#received.toString('latin1', 0, endOfHead + 2);
    const [status, length] = [STATUS.exec(head)?.[1], CONTENT_LENGTH.exec(head)?.[1]];
    if (status === undefined || length === undefined) {
      this.#fail(new Error(`an answer without a length: ${head}`));
      return;
    }
    const begin = endOfHead + END_OF_HEAD.length;
    const end = begin + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.subarray(begin, end);
    this.#received = this.#received.subarray(end);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(status), body });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}
