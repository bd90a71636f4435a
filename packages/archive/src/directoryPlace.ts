import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ArchivePlace } from './ArchivePlace.js';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/** What is being written; one that a crash left is written over. */
const UNFINISHED = '.unfinished';

/** A directory, made with the first file: what people did is for its owner's eyes alone. */
export function directoryPlace(path: string): ArchivePlace {
  const directory = resolve(path);
  return {
    name: directory,
    list: async () => (await orNull(readdir(directory)))?.filter((name) => !name.endsWith(UNFINISHED)).sort() ?? [],
    read: async (name) => orNull(readFile(join(directory, name))),
    write: async (name, bytes) => {
      await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
      const unfinished = join(directory, `${name}${UNFINISHED}`);
      const file = await open(unfinished, 'w', FILE_MODE);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, join(directory, name));
      await syncDirectory(directory);
    },
    remove: async (name) => {
      await rm(join(directory, name), { force: true });
      await syncDirectory(directory);
    },
  };
}

/** The new name, too, must outlive a power cut. Windows has no such call, and no need of it. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
