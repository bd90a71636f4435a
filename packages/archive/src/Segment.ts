import { createHash } from 'node:crypto';
import { z } from 'zod';

const HASH = z.string().regex(/^[0-9a-f]{64}$/);

const manifestSchema = z.strictObject({
  format: z.literal(1),
  stream: z.string(),
  first_sequence: z.number().int().min(1),
  last_sequence: z.number().int().min(1),
  entries: z.number().int().min(0),
  bytes: z.number().int().min(0),
  sha256: HASH,
  previous: HASH.nullable(),
});

/** What stands beside a file: which part of the log it holds, its hash, and the hash of the manifest before it. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A file of an archive: all entries between two places of the log. Places without an entry were erased. */
export interface Segment {
  manifest: Manifest;
  /** Of the manifest as it is written: the next one names it. */
  hash: string;
}

const DIGITS = 16;
export const MANIFEST_SUFFIX = '.json';
/** It is there while somebody is taken out of the archive: manifests and files may not agree. */
export const ERASING_NAME = 'erasing.json';
const SYNC_BYTES = 16;

/** In the order of the log when sorted by name. */
export function fileNameOf({ first_sequence: first, last_sequence: last }: Manifest): string {
  return `${String(first).padStart(DIGITS, '0')}-${String(last).padStart(DIGITS, '0')}.avro`;
}

export function manifestNameOf(manifest: Manifest): string {
  return `${fileNameOf(manifest)}${MANIFEST_SUFFIX}`;
}

export function encodeManifest(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}

/** Null for what is no manifest. */
export function decodeManifest(bytes: Buffer): Segment | null {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return null;
  }
  const parsed = manifestSchema.safeParse(value);
  // There is one way to write it.
  return parsed.success && encodeManifest(parsed.data).equals(bytes) ? { manifest: parsed.data, hash: sha256(bytes) } : null;
}

/** What ends the blocks of a file: it follows from where the file stands, so that the same entries give the same bytes. */
export function syncOf({ previous, first }: { previous: string | null; first: number }): Buffer {
  return createHash('sha256')
    .update(`${previous ?? ''}:${first}`)
    .digest()
    .subarray(0, SYNC_BYTES);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
