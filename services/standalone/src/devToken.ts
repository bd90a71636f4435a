import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const TOKEN_BYTES = 32;

/** The token of a data directory: made once, the same after every restart, readable by its owner alone. */
export async function devToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'token');
  await mkdir(dataDir, { recursive: true });
  const made = `cairn_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  try {
    await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if (!isExisting(error)) throw error;
    return (await readFile(file, 'utf8')).trim();
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
