import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chmod, chown, lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError, isSystemError } from './errors.js';
import type { PostgresBinaries } from './postgresBinaries.js';
import { POSTGRES_ACCESS_RULES } from './postgresConfig.js';
import type { Account, RunAs } from './unprivilegedAccount.js';

const run = promisify(execFile);

const PASSWORD_BYTES = 24;
const INITDB_TIMEOUT_MS = 120_000;

/** The user that owns everything in the embedded PostgreSQL, and the database that Cairn keeps its state in. */
export const POSTGRES_OWNER = 'cairn';

/** PostgreSQL's own directory within the one that it is given. */
export const POSTGRES_DATA_DIR = 'data';

/** The part of the configuration that is written anew at every start. */
export const CONFIG_FILE = 'cairn.conf';

export interface Cluster {
  /** PostgreSQL's own data directory. */
  readonly dataDir: string;
  readonly password: string;
}

export interface InitOptions {
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly runAs: RunAs;
  readonly env: Readonly<Record<string, string>>;
  /** False: do not sync the new files to disk, for databases that need not outlive the machine. */
  readonly durable: boolean;
}

/**
 * Makes the database cluster below `dir` where there is none yet, and makes sure that the account owns it.
 *
 * @throws EmbeddedError `data_version` when another major version wrote it
 */
export async function initPostgres(dir: string, options: InitOptions): Promise<Cluster> {
  const dataDir = join(dir, POSTGRES_DATA_DIR);
  const password = await readOrMakePassword(join(dir, 'password'));
  const version = await readVersion(dataDir);
  if (version === null) await initCluster({ dir, dataDir, password }, options);
  else await checkCluster({ dataDir, version }, options);
  return { dataDir, password };
}

/** The new cluster gets its name when it is whole: a start that was cut short leaves nothing that looks like one. */
async function initCluster(
  { dir, dataDir, password }: { dir: string; dataDir: string; password: string },
  options: InitOptions,
): Promise<void> {
  const { account } = options;
  const draft = join(dir, 'data.partial');
  const passwordFile = join(dir, 'password.partial');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== null) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
  try {
    await runInitdb(draft, passwordFile, options);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(join(draft, 'postgresql.conf'), `\ninclude = '${CONFIG_FILE}'\n`);
  await writeFile(join(draft, 'pg_hba.conf'), POSTGRES_ACCESS_RULES);
  await rename(draft, dataDir);
}

async function runInitdb(draft: string, passwordFile: string, { binaries, runAs, env, durable }: InitOptions): Promise<void> {
  const settings = [
    '--encoding=UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--username=${POSTGRES_OWNER}`,
    `--pwfile=${passwordFile}`,
    '--no-instructions',
  ];
  const { file, args, ...rest } = runAs({
    file: binaries.initdb,
    args: [...settings, ...(durable ? [] : ['--no-sync']), `--pgdata=${draft}`],
    cwd: draft,
    env,
  });
  try {
    await run(file, [...args], { ...rest, timeout: INITDB_TIMEOUT_MS });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new EmbeddedError('start_failed', `initdb failed: ${said}`, { cause: error });
  }
}

async function checkCluster({ dataDir, version }: { dataDir: string; version: string }, { binaries, account }: InitOptions): Promise<void> {
  if (version !== binaries.majorVersion) {
    throw new EmbeddedError(
      'data_version',
      `${dataDir} was written by PostgreSQL ${version}, and this one is ${binaries.majorVersion}: run the Cairn that wrote it, or start with another data directory`,
    );
  }
  if (account !== null && (await stat(dataDir)).uid !== account.uid) await chownTree(dataDir, account);
}

/** Null when there is no cluster. */
async function readVersion(dataDir: string): Promise<string | null> {
  return (await readIfThere(join(dataDir, 'PG_VERSION')))?.trim() ?? null;
}

async function readOrMakePassword(path: string): Promise<string> {
  const known = (await readIfThere(path))?.trim();
  if (known) return known;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  await chmod(path, 0o600);
  return password;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** The directory itself comes last: it is what tells whether all below it was done. */
async function chownTree(path: string, account: Account): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await chownTree(child, account);
    else await lchown(child, account.uid, account.gid);
  }
  await lchown(path, account.uid, account.gid);
}
