import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

const OWNER_ONLY = 0o600;

/** Writes a file that readers see whole or not at all, even across a power cut. Only its owner may read it. */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
