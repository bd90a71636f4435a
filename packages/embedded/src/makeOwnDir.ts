import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isSystemError } from './errors.js';
import type { Account } from './unprivilegedAccount.js';

const PASS_OTHERS = 0o001;
const MODE_BITS = 0o7777;

/**
 * Makes a directory of our own that nobody else can list, below parents as the system makes them. Where another account has to
 * get to what lies in it, that account may pass through, knowing the name of what it wants, and no more.
 *
 * @returns its path without symbolic links, which is how the system names it to others
 */
export async function makeOwnDir(wanted: string, account: Account | null): Promise<string> {
  const dir = resolve(wanted);
  await mkdir(dirname(dir), { recursive: true });
  try {
    await mkdir(dir, { mode: 0o700 });
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error;
  }
  const mode = (await stat(dir)).mode & MODE_BITS;
  if (account !== null && (mode & PASS_OTHERS) === 0) await chmod(dir, mode | PASS_OTHERS);
  return realpath(dir);
}
