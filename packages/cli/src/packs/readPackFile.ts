import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PACK_FILES, PACK_NAMES, type PackName } from '@cairn/packs';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { describeFileError } from '../describeFileError.js';
import { CliError } from '../errors.js';
import { isErrno } from '../isErrno.js';

/** Bytes of a pack file: what the server takes. */
const PACK_BYTES_MAX = 1024 * 1024;

/** A pack as it stands in its file, with the places of everything in it. JSON is YAML as well. */
export interface PackFile {
  /** As it was named. */
  name: string;
  text: string;
  document: Document.Parsed;
  lines: LineCounter;
}

/**
 * Reads a pack file; the name of a pack that comes with Cairn stands for its file, unless there is a file of that name.
 * @throws CliError file_unreadable
 */
export async function readPackFile(name: string): Promise<PackFile> {
  const text = await readText(name);
  const lines = new LineCounter();
  return { name, text, lines, document: parseDocument(text, { lineCounter: lines, prettyErrors: false }) };
}

async function readText(name: string): Promise<string> {
  try {
    return await readBounded(name);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    const noFile = isErrno(cause, 'ENOENT') || isErrno(cause, 'EISDIR');
    if (noFile && isPackName(name)) return await readBounded(fileURLToPath(PACK_FILES[name]));
    throw new CliError('file_unreadable', `${describeFileError(name, cause)}${noFile ? BUNDLED_HINT : ''}`, { cause });
  }
}

const BUNDLED_HINT = `. Name a file, or a pack that comes with Cairn: ${PACK_NAMES.join(', ')} (in a clone they lie in packages/packs/)`;

async function readBounded(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > PACK_BYTES_MAX)
    throw new CliError('file_unreadable', `${path} is larger than ${PACK_BYTES_MAX} bytes: split it into several packs`);
  return await readFile(path, 'utf8');
}

export function isPackName(name: string): name is PackName {
  return PACK_NAMES.some((known) => known === name);
}
