import type { Readable } from 'node:stream';
import { type CairnClient, createClient, isCairnApiError, isUnreachable, type RetryPolicy } from '@cairn/sdk';
import type { CliConfig } from './config.js';
import { findServer, type Server } from './findServer.js';
import { countOf } from './output/numbers.js';
import type { Output } from './output/output.js';
import { sendSpooled } from './spool/sendSpooled.js';
import { Spool } from './spool/spool.js';

/** Options that every command takes. */
export interface GlobalOptions {
  url?: string;
  token?: string;
  json?: boolean;
}

/** How long a command tries before it gives up: a person waits for an answer, an import survives a restart. */
export type Patience = 'prompt' | 'patient';

const RETRY: Readonly<Record<Patience, RetryPolicy>> = {
  prompt: { attemptsMax: 3, delayMsFirst: 100, delayMsMax: 1000 },
  patient: { attemptsMax: 10, delayMsFirst: 200, delayMsMax: 10_000 },
};

export interface CliContextOptions {
  config: CliConfig;
  output: Output;
  stdin: Readable;
  globals: GlobalOptions;
  /** Ends what streams; without it, Ctrl-C does. */
  signal: AbortSignal | null;
}

/** What a command works with. */
export class CliContext {
  readonly config: CliConfig;
  readonly output: Output;
  readonly stdin: Readable;
  readonly spool: Spool;
  /** Whether results are wanted as JSON. */
  readonly json: boolean;
  readonly #globals: GlobalOptions;
  readonly #signal: AbortSignal | null;

  constructor(options: CliContextOptions) {
    this.config = options.config;
    this.output = options.output;
    this.stdin = options.stdin;
    this.spool = new Spool(options.config.dataDirectory);
    this.json = options.globals.json ?? false;
    this.#globals = options.globals;
    this.#signal = options.signal;
  }

  /** The server that this command is meant for. @throws CliError, UsageError */
  async server(): Promise<Server> {
    return await findServer({
      url: this.#globals.url ?? this.config.url,
      token: this.#globals.token ?? this.config.token,
      dataDirectory: this.config.dataDirectory,
    });
  }

  /** A client of it, after whatever waited for it has been sent. */
  async connect(patience: Patience = 'prompt'): Promise<CairnClient> {
    const server = await this.server();
    const client = createClient({ url: server.url, token: server.token, retry: RETRY[patience], agent: 'cairn-cli' });
    await this.sendKept(client, server);
    return client;
  }

  /** Sends what was kept while the server could not be reached. That it cannot be sent now stops no command. */
  async sendKept(client: CairnClient, server: Server): Promise<void> {
    try {
      const report = await sendSpooled(this.spool, client, spoolUrl(server));
      if (report.sent > 0)
        this.output.note(`cairn: ${countOf(report.sent, 'event')} kept from before ${report.sent === 1 ? 'is' : 'are'} sent now`);
      for (const refusal of report.refused) this.output.note(`cairn: an event kept from before was refused: ${refusal}`);
    } catch (error) {
      if (!isUnreachable(error) && !isCairnApiError(error)) throw error;
      this.output.note(`cairn: events kept from before still wait: ${error.message}`);
    }
  }

  /** Aborted by Ctrl-C, by a polite kill, or once nobody reads the output any more. */
  interruption(): AbortSignal {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    if (this.#signal === null) {
      process.once('SIGINT', abort);
      process.once('SIGTERM', abort);
    } else if (this.#signal.aborted) abort();
    else this.#signal.addEventListener('abort', abort, { once: true });
    this.output.closed.addEventListener('abort', abort, { once: true });
    return controller.signal;
  }
}

/** Which of the kept events are meant for this server. */
export function spoolUrl(server: Server): string | null {
  return server.foundBy === 'local' ? null : server.url;
}
