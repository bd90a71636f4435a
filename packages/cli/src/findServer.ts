import { CliError, UsageError } from './errors.js';
import { isAlive, type RuntimeFile, readRuntimeFile, runtimeFilePath } from './runtimeFile.js';

/** A server, and how it was found. */
export interface Server {
  url: string;
  token: string | null;
  /** «local»: the one that keeps its runtime.json in the data directory. */
  foundBy: 'url' | 'local';
}

export interface ServerHints {
  /** From --url or CAIRN_URL. */
  url: string | null;
  /** From --token or CAIRN_TOKEN. */
  token: string | null;
  dataDirectory: string;
}

/**
 * The server that was named, else the one that runs on this data directory.
 * @throws CliError no_server, stale_server · UsageError for a URL that is none
 */
export async function findServer(hints: ServerHints): Promise<Server> {
  if (hints.url !== null) {
    const url = normaliseUrl(hints.url);
    return { url, token: hints.token ?? (await tokenOf(url, hints.dataDirectory)), foundBy: 'url' };
  }
  const path = runtimeFilePath(hints.dataDirectory);
  const runtime = await readRuntimeFile(hints.dataDirectory);
  if (runtime === null) {
    throw new CliError(
      'no_server',
      `no server was found: ${path} does not exist. Start one with \`cairn serve\` (in a clone: npm start), or name one with --url and --token`,
    );
  }
  if (!isAlive(runtime.pid)) {
    throw new CliError(
      'stale_server',
      `the server that wrote ${path} (process ${runtime.pid}) is not running any more. Start one with \`cairn serve\` (in a clone: npm start), or name one with --url and --token`,
    );
  }
  return { url: normaliseUrl(runtime.url), token: hints.token ?? runtime.token, foundBy: 'local' };
}

/** The server of this data directory needs no token to be typed, though it is named by its URL. */
async function tokenOf(url: string, dataDirectory: string): Promise<string | null> {
  let runtime: RuntimeFile | null;
  try {
    runtime = await readRuntimeFile(dataDirectory);
  } catch (error) {
    // It was not asked for: a file that cannot be read is as good as none.
    if (error instanceof CliError) return null;
    throw error;
  }
  return runtime !== null && normaliseUrl(runtime.url) === url ? runtime.token : null;
}

function normaliseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UsageError(`"${text}" is not a URL: write it like http://localhost:7400`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new UsageError(`"${text}" is not a URL of a server: write it like http://localhost:7400`);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
