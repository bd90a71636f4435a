import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError } from './errors.js';
import { isErrno } from './isErrno.js';
import { writeFileAtomic } from './writeFileAtomic.js';

/** What a running server says about itself in its data directory, as it stands in the file. */
export interface RuntimeFile {
  url: string;
  nats_url: string;
  database_url: string;
  /** Has all scopes: the file is for its owner's eyes alone. */
  token: string;
  pid: number;
}

const FILE_NAME = 'runtime.json';
const DIRECTORY_MODE = 0o700;

export function runtimeFilePath(dataDirectory: string): string {
  return join(dataDirectory, FILE_NAME);
}

/** Whole or not at all, mode 0600. Makes the data directory where there is none. */
export async function writeRuntimeFile(dataDirectory: string, runtime: RuntimeFile): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: DIRECTORY_MODE });
  await writeFileAtomic(runtimeFilePath(dataDirectory), `${JSON.stringify(runtime, null, 2)}\n`);
}

/**
 * What the file says, or null where there is none. It may be left over from a server that died: see `isAlive`.
 * @throws CliError unreadable_runtime_file
 */
export async function readRuntimeFile(dataDirectory: string): Promise<RuntimeFile | null> {
  const path = runtimeFilePath(dataDirectory);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ENOTDIR')) return null;
    throw new CliError('unreadable_runtime_file', `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const runtime = parseRuntime(text);
  if (runtime === null)
    throw new CliError('unreadable_runtime_file', `${path} is not what a server writes: remove it and start the server again`);
  return runtime;
}

/** Removes the file if it is still the one of this process: another server may have taken the directory over. */
export async function removeRuntimeFile(dataDirectory: string, pid: number = process.pid): Promise<void> {
  const runtime = await readRuntimeFile(dataDirectory);
  if (runtime !== null && runtime.pid === pid) await rm(runtimeFilePath(dataDirectory), { force: true });
}

/** Whether a process of this number exists, also where it belongs to somebody else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error, 'EPERM');
  }
}

function parseRuntime(text: string): RuntimeFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (value === null || typeof value !== 'object') return null;
  const fields = value as Record<string, unknown>;
  const { url, token, pid } = fields;
  if (typeof url !== 'string' || typeof token !== 'string' || typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0)
    return null;
  return { url, token, pid, nats_url: textOf(fields['nats_url']), database_url: textOf(fields['database_url']) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
