import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from './errors.js';

const PORT_FILE = 'port';
const PORT_MAX = 65_535;

/** The port of the last start on this directory, so that an address that somebody noted down stays good where it can. */
export async function readLastPort(dir: string): Promise<number | undefined> {
  try {
    const port = Number(await readFile(join(dir, PORT_FILE), 'utf8'));
    return Number.isInteger(port) && port > 0 && port <= PORT_MAX ? port : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export async function writeLastPort(dir: string, port: number): Promise<void> {
  await writeFile(join(dir, PORT_FILE), `${port}\n`);
}
