import { connect, type Socket } from 'node:net';

const ACCEPTED = Buffer.from('HTTP/1.1 202 ');

/** One connection that sends one request after the other. Answers are small and come in one piece: it reads no more than how they begin. */
export class RehearsalClient {
  readonly #socket: Socket;
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#answered(chunk));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the connection of a rehearsal was closed')));
  }

  static open(port: number): Promise<RehearsalClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RehearsalClient(socket));
      });
    });
  }

  /** Resolves when it was accepted. */
  post(path: string, of: { token: string; body: string }): Promise<void> {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${of.token}\r\nContent-Type: application/json\r\n`;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(`${head}Content-Length: ${String(Buffer.byteLength(of.body))}\r\n\r\n${of.body}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #answered(chunk: Buffer): void {
    const settle = this.#settle;
    this.#settle = undefined;
    if (chunk.subarray(0, ACCEPTED.length).equals(ACCEPTED)) settle?.resolve();
    else settle?.reject(new Error(`an event of a rehearsal was answered with ${chunk.toString('latin1', 0, 200)}`));
  }
}
