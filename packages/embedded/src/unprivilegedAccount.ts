import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EmbeddedError, isSystemError } from './errors.js';
import type { ServerCommand } from './serverProcess.js';

const run = promisify(execFile);

/** Tried in this order: `postgres` is there for exactly this, `nobody` is on every system. */
const ACCOUNT_NAMES = ['postgres', 'nobody'] as const;

/**
 * Capabilities that let the account pass directories that are closed to it, the weaker one first. Containers usually have
 * the second only.
 */
const PASSING_CAPABILITIES = ['dac_read_search', 'dac_override'] as const;

/** A user to run PostgreSQL as, which refuses to run as root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A command, and how to run it as another user. */
export type RunAs = (command: ServerCommand) => ServerCommand;

/**
 * The account to drop to; null when this process is not root and can stay who it is.
 *
 * @throws EmbeddedError `unprivileged_user_missing`
 */
export async function unprivilegedAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const users = await readFile('/etc/passwd', 'utf8');
  for (const name of ACCOUNT_NAMES) {
    const [, , uid, gid] =
      users
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
        ?.split(':') ?? [];
    // Some systems write the ids of `nobody` as negative numbers.
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  }
  throw new EmbeddedError(
    'unprivileged_user_missing',
    `PostgreSQL refuses to run as root, and this system has neither of the users ${ACCOUNT_NAMES.join(' and ')}: add one, start as another user, or set DATABASE_URL to a server that runs already`,
  );
}

/**
 * How to run commands as the account with this directory in reach. A directory somewhere above it that is open to root alone
 * is no obstacle where `setpriv` can lend the account the right to pass.
 *
 * @throws EmbeddedError `data_dir_unreachable`
 */
export async function runAsAccount(account: Account | null, dir: string): Promise<RunAs> {
  if (account === null) return (command) => command;
  const plain: RunAs = (command) => ({ ...command, uid: account.uid, gid: account.gid });
  const candidates = [plain, ...PASSING_CAPABILITIES.map((capability) => throughSetpriv(account, capability))];
  for (const candidate of candidates) {
    if (await canEnter(dir, candidate)) return candidate;
  }
  throw new EmbeddedError(
    'data_dir_unreachable',
    `PostgreSQL runs as the user ${account.name}, which cannot enter ${dir}: choose another data directory (CAIRN_DATA_DIR), or open the directories above it with chmod o+x`,
  );
}

function throughSetpriv(account: Account, capability: string): RunAs {
  const options = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=+${capability}`,
    // Or else access(2), which initdb asks about its neighbours, would do as if the capability were not there.
    '--securebits=+no_setuid_fixup',
  ];
  return ({ file, args, ...rest }) => ({ ...rest, file: 'setpriv', args: [...options, '--', file, ...args] });
}

async function canEnter(dir: string, runAs: RunAs): Promise<boolean> {
  const { file, args, ...options } = runAs({ file: '/bin/sh', args: ['-c', 'cd "$0"', dir], cwd: '/' });
  try {
    await run(file, [...args], options);
    return true;
  } catch (error) {
    // A number is the exit code of a command that could be run and said no.
    if (isSystemError(error, 'ENOENT', 'EACCES', 'EPERM') || (error instanceof Error && 'code' in error && typeof error.code === 'number'))
      return false;
    throw error;
  }
}
