import { LOG_STREAM } from '@cairn/contracts';
import { ArchiveError } from './ArchiveError.js';
import type { ArchivePlace } from './ArchivePlace.js';
import { decodeAvroFile, encodeAvroFile } from './avroFile.js';
import type { LogEntry } from './LogEntry.js';
import { SEGMENTS_CACHED_MAX } from './limits.js';
import {
  decodeManifest,
  ERASING_NAME,
  encodeManifest,
  fileNameOf,
  MANIFEST_SUFFIX,
  type Manifest,
  manifestNameOf,
  type Segment,
  sha256,
  syncOf,
} from './Segment.js';

/** The log in files. Nothing but an erasure changes a file; each manifest names the one before it, so that none can be missing or put in between. */
export class Archive {
  readonly #place: ArchivePlace;
  readonly #segments: Segment[];
  /** The files that were read last, oldest first. */
  readonly #read = new Map<Segment, Promise<LogEntry[]>>();

  private constructor(place: ArchivePlace, segments: Segment[]) {
    this.#place = place;
    this.#segments = segments;
  }

  /** @throws ArchiveError archive_damaged */
  static async open(place: ArchivePlace): Promise<Archive> {
    const listed = await place.list();
    if (listed.includes(ERASING_NAME))
      throw new ArchiveError('erasure_interrupted', `somebody is being taken out of ${place.name}, or that was interrupted: call it again`);
    const names = listed.filter((name) => name.endsWith(MANIFEST_SUFFIX));
    const segments: Segment[] = [];
    for (const name of names) {
      const bytes = await place.read(name);
      const segment = bytes === null ? null : decodeManifest(bytes);
      if (segment === null || manifestNameOf(segment.manifest) !== name) throw damaged(`${name} is no manifest`);
      refuseBrokenChain(segments.at(-1), segment.manifest, name);
      segments.push(segment);
    }
    return new Archive(place, segments);
  }

  get place(): string {
    return this.#place.name;
  }

  get segments(): readonly Manifest[] {
    return this.#segments.map(({ manifest }) => manifest);
  }

  /** The first place of the log that it covers; 0 for an empty one, as `last`. */
  get first(): number {
    return this.#segments[0]?.manifest.first_sequence ?? 0;
  }

  get last(): number {
    return this.#segments.at(-1)?.manifest.last_sequence ?? 0;
  }

  get entries(): number {
    return this.#segments.reduce((sum, { manifest }) => sum + manifest.entries, 0);
  }

  /** Adds a file behind the last one. Only once its manifest is there, it is. */
  async append(entries: readonly LogEntry[], covers: { first: number; last: number }): Promise<Manifest> {
    const previous = this.#segments.at(-1)?.hash ?? null;
    const sync = syncOf({ previous, first: covers.first });
    const bytes = encodeAvroFile(entries, sync);
    const manifest: Manifest = {
      format: 1,
      stream: LOG_STREAM,
      first_sequence: covers.first,
      last_sequence: covers.last,
      entries: entries.length,
      bytes: bytes.length,
      sha256: sha256(bytes),
      previous,
    };
    refuseBrokenChain(this.#segments.at(-1), manifest, fileNameOf(manifest));
    await this.#place.write(fileNameOf(manifest), bytes);
    const encoded = encodeManifest(manifest);
    await this.#place.write(manifestNameOf(manifest), encoded);
    this.#segments.push({ manifest, hash: sha256(encoded) });
    return manifest;
  }

  /** The entries behind a place, file by file; each file is checked before anything of it is told. @throws ArchiveError archive_damaged */
  async *read(after: number): AsyncGenerator<readonly LogEntry[]> {
    for (const segment of this.#segments) {
      if (segment.manifest.last_sequence <= after) continue;
      const entries = await this.#entriesOf(segment);
      const begin = entries.findIndex(({ sequence }) => sequence > after);
      if (begin >= 0) yield begin === 0 ? entries : entries.slice(begin);
    }
  }

  /** The entry at a place; null where the archive has none. */
  async at(sequence: number): Promise<LogEntry | null> {
    const segment = this.#segments.find(({ manifest }) => manifest.first_sequence <= sequence && sequence <= manifest.last_sequence);
    if (segment === undefined) return null;
    return (await this.#entriesOf(segment)).find((entry) => entry.sequence === sequence) ?? null;
  }

  async #entriesOf(segment: Segment): Promise<LogEntry[]> {
    const known = this.#read.get(segment);
    const reading = known ?? this.#readSegment(segment);
    this.#read.delete(segment);
    this.#read.set(segment, reading);
    for (const oldest of this.#read.keys()) {
      if (this.#read.size <= SEGMENTS_CACHED_MAX) break;
      this.#read.delete(oldest);
    }
    // What could not be read is read again, if it is asked for again.
    return reading.catch((error: unknown) => {
      this.#read.delete(segment);
      throw error;
    });
  }

  async #readSegment({ manifest }: Segment): Promise<LogEntry[]> {
    const name = fileNameOf(manifest);
    const bytes = await this.#place.read(name);
    if (bytes === null) throw damaged(`${name} is missing`);
    if (bytes.length !== manifest.bytes || sha256(bytes) !== manifest.sha256) throw damaged(`${name} is not what its manifest says`);
    const entries = decodeAvroFile(bytes);
    let before = manifest.first_sequence - 1;
    for (const { sequence } of entries) {
      if (sequence <= before || sequence > manifest.last_sequence)
        throw damaged(`${name} holds an entry at ${sequence} that is not its own`);
      before = sequence;
    }
    if (entries.length !== manifest.entries) throw damaged(`${name} holds ${entries.length} entries, not ${manifest.entries}`);
    return entries;
  }
}

function refuseBrokenChain(before: Segment | undefined, manifest: Manifest, name: string): void {
  if (manifest.last_sequence < manifest.first_sequence - 1) throw damaged(`${name} ends before it begins`);
  if (manifest.previous !== (before?.hash ?? null))
    throw damaged(`${name} does not follow the file before it: one is missing or was changed`);
  if (before !== undefined && manifest.first_sequence !== before.manifest.last_sequence + 1)
    throw damaged(`${name} does not go on where the file before it ends`);
}

function damaged(what: string): ArchiveError {
  return new ArchiveError('archive_damaged', `the archive is damaged: ${what}`);
}
