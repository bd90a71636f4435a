import { Archive } from './Archive.js';
import { ArchiveError } from './ArchiveError.js';
import type { ArchivePlace } from './ArchivePlace.js';
import { decodeAvroFile, encodeAvroFile } from './avroFile.js';
import type { LogEntry } from './LogEntry.js';
import {
  decodeManifest,
  ERASING_NAME,
  encodeManifest,
  fileNameOf,
  MANIFEST_SUFFIX,
  type Manifest,
  manifestNameOf,
  sha256,
  syncOf,
} from './Segment.js';
import { verifyArchive } from './verifyArchive.js';

export interface ArchiveErasure {
  place: ArchivePlace;
  /** What is left of an entry: empty for nothing, null where it stays as it is. */
  redact(entry: LogEntry): Promise<Uint8Array | null>;
  progress(done: number, total: number): void;
  signal: AbortSignal;
}

export interface ArchiveErasureReport {
  files: number;
  entries: number;
}

/**
 * Writes the files of an archive anew that hold what is to be erased, and all manifests behind the first of them, so that each names
 * the one before it again. Where that is interrupted, the archive can be read again only when the same call has ended.
 * @throws ArchiveError
 */
export async function eraseFromArchive({ place, redact, progress, signal }: ArchiveErasure): Promise<ArchiveErasureReport> {
  const names = (await place.list()).filter((name) => name.endsWith(MANIFEST_SUFFIX) && name !== ERASING_NAME);
  if (names.length === 0) throw new ArchiveError('not_an_archive', `${place.name} holds no archive`);
  const isResumed = (await place.read(ERASING_NAME)) !== null;
  // What is damaged must not be found halfway.
  if (!isResumed) await verifyArchive(await Archive.open(place), { progress: () => undefined, signal });
  let isBegun = isResumed;
  const report = { files: 0, entries: 0 };
  let previous: string | null = null;
  for (const [done, name] of names.entries()) {
    if (signal.aborted)
      throw new ArchiveError('interrupted', 'it was interrupted: the archive cannot be read until the same call has ended');
    const { manifest, bytes } = await readSegment(place, name, { isResumed });
    const redacted = await redactAll(decodeAvroFile(bytes), redact);
    const isChanged = redacted.count > 0;
    const sync = syncOf({ previous, first: manifest.first_sequence });
    const file = isChanged ? encodeAvroFile(redacted.entries, sync) : bytes;
    const entries = isChanged ? redacted.entries.length : manifest.entries;
    const rewritten: Manifest = { ...manifest, entries, bytes: file.length, sha256: sha256(file), previous };
    const encoded = encodeManifest(rewritten);
    if (!encoded.equals(encodeManifest(manifest))) {
      if (!isBegun) await place.write(ERASING_NAME, Buffer.from('{}\n'));
      isBegun = true;
      if (isChanged) await place.write(fileNameOf(rewritten), file);
      await place.write(manifestNameOf(rewritten), encoded);
    }
    previous = sha256(encoded);
    report.files += isChanged ? 1 : 0;
    report.entries += redacted.count;
    progress(done + 1, names.length);
  }
  if (isBegun) await place.remove(ERASING_NAME);
  return report;
}

/** What an interrupted erasure has written may not be what its manifest says yet, nor follow the one before it. */
async function readSegment(
  place: ArchivePlace,
  name: string,
  { isResumed }: { isResumed: boolean },
): Promise<{ manifest: Manifest; bytes: Buffer }> {
  const segment = decodeManifest((await place.read(name)) ?? Buffer.alloc(0));
  if (segment === null) throw new ArchiveError('archive_damaged', `the archive is damaged: ${name} is no manifest`);
  const { manifest } = segment;
  const bytes = await place.read(fileNameOf(manifest));
  if (bytes === null) throw new ArchiveError('archive_damaged', `the archive is damaged: ${fileNameOf(manifest)} is missing`);
  if (sha256(bytes) === manifest.sha256) return { manifest, bytes };
  if (!isResumed)
    throw new ArchiveError('archive_damaged', `the archive is damaged: ${fileNameOf(manifest)} is not what its manifest says`);
  return { manifest: { ...manifest, entries: decodeAvroFile(bytes).length }, bytes };
}

async function redactAll(entries: readonly LogEntry[], redact: ArchiveErasure['redact']): Promise<{ entries: LogEntry[]; count: number }> {
  const left: LogEntry[] = [];
  let count = 0;
  for (const entry of entries) {
    const rest = await redact(entry);
    if (rest === null) left.push(entry);
    else {
      count += 1;
      if (rest.length > 0) left.push({ ...entry, headers: [], data: Buffer.from(rest) });
    }
  }
  return { entries: left, count };
}
