import { type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { describeFileError } from '../describeFileError.js';
import { CliError } from '../errors.js';
import { isErrno } from '../isErrno.js';
import { isPackName } from './readPackFile.js';

/** Files that one call looks at. */
const PACK_FILES_MAX = 1_000;
/** Entries of directories that are gone through to find them. */
const ENTRIES_MAX = 100_000;
const PASSED_OVER: ReadonlySet<string> = new Set(['node_modules']);
const GLOB = /[*?[{]/;

/**
 * The files that are meant: a directory stands for the YAML files in it and below, and a pattern that the shell left alone (`*`, `**`
 * and `?`) for what it matches. What is named otherwise is taken as it is.
 * @throws CliError file_unreadable
 */
export async function expandPackPaths(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) files.push(...(await expand(path)));
  const unique = [...new Set(files)];
  if (unique.length > PACK_FILES_MAX)
    throw new CliError('file_unreadable', `these are ${unique.length} files, and at most ${PACK_FILES_MAX} are taken: name fewer`);
  return unique;
}

async function expand(path: string): Promise<string[]> {
  const kind = await kindOf(path);
  if (kind === 'file' || (kind === 'directory' && isPackName(path))) return [path];
  if (kind === 'directory')
    return found(
      path,
      (await filesBelow(path)).filter((file) => /\.ya?ml$/i.test(file)),
    );
  if (!GLOB.test(path)) return [path];
  const base = baseOf(path);
  const pattern = patternOf(path);
  return found(path, (await kindOf(base)) === 'directory' ? (await filesBelow(base)).filter((file) => pattern.test(file)) : []);
}

function found(path: string, files: string[]): string[] {
  if (files.length === 0) throw new CliError('file_unreadable', `${path}: there is no pack; packs are .yaml files`);
  return files;
}

async function kindOf(path: string): Promise<'file' | 'directory' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (cause) {
    if (isErrno(cause, 'ENOENT') || isErrno(cause, 'ENOTDIR')) return 'nothing';
    throw new CliError('file_unreadable', describeFileError(path, cause), { cause });
  }
}

/** In the order of their names; hidden directories and those of package managers hold no packs of one's own. */
async function filesBelow(directory: string): Promise<string[]> {
  const files: string[] = [];
  const waiting = [directory];
  let entries = 0;
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const listed = await list(current);
    entries += listed.length;
    if (entries > ENTRIES_MAX)
      throw new CliError('file_unreadable', `${directory} holds more than ${ENTRIES_MAX} files: name the packs in it`);
    for (const entry of listed) {
      const path = join(current, entry.name);
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && !entry.name.startsWith('.') && !PASSED_OVER.has(entry.name)) waiting.push(path);
    }
  }
  return files.sort();
}

async function list(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    throw new CliError('file_unreadable', describeFileError(directory, cause), { cause });
  }
}

/** What stands in front of the first part with a wildcard. */
function baseOf(pattern: string): string {
  const parts = pattern.split('/');
  const base = parts
    .slice(
      0,
      parts.findIndex((part) => GLOB.test(part)),
    )
    .join('/');
  return base === '' ? (pattern.startsWith('/') ? '/' : '.') : base;
}

function patternOf(pattern: string): RegExp {
  const normal = relative('.', pattern).split(sep).join('/');
  const source = (pattern.startsWith('/') ? pattern : normal).replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
