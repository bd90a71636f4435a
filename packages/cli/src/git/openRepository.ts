import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Environment } from '../dataDirectory.js';
import { describeFileError } from '../describeFileError.js';
import { CliError } from '../errors.js';
import { type GitRepository, gitAnswer } from './gitProcess.js';

/**
 * The repository that a path lies in, and what to call it: the last part of the address of its remote `origin`, so that
 * all clones have one name, else the name of its directory.
 * @throws CliError not_a_repository, git_missing
 */
export async function openRepository(path: string, environment: Environment): Promise<GitRepository & { name: string }> {
  await checkDirectory(path);
  const repository = { path: resolve(path), environment };
  const commonDirectory = await readCommonDirectory(repository);
  const origin = await readOrigin(repository);
  const name = (origin === null ? null : nameOfRemote(origin)) ?? nameOfDirectory(commonDirectory);
  return { ...repository, name };
}

/** `git@host:team/tool.git`, `https://host/team/tool/`, `/srv/tool.git`: `tool`. Null where nothing is left. */
export function nameOfRemote(address: string): string | null {
  const path = address.replace(/[/\\]+$/, '').replace(/[/\\]\.git$/, '');
  const last = path.split(/[/\\:]/).at(-1) ?? '';
  const name = last.replace(/\.git$/, '');
  return name === '' ? null : name;
}

/** Of a directory that holds git's own data: `/srv/tool/.git` and the bare `/srv/tool.git` are both `tool`. */
function nameOfDirectory(commonDirectory: string): string {
  const own = basename(commonDirectory);
  return own === '.git' ? basename(dirname(commonDirectory)) : own.replace(/\.git$/, '');
}

async function checkDirectory(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (cause) {
    throw new CliError('not_a_repository', describeFileError(path, cause), { cause });
  }
  throw new CliError('not_a_repository', `${path} is not a directory: name the directory of a git repository`);
}

async function readCommonDirectory(repository: GitRepository): Promise<string> {
  try {
    const [answer = ''] = await gitAnswer(repository, ['rev-parse', '--git-common-dir']);
    return resolve(repository.path, answer);
  } catch (cause) {
    if (!(cause instanceof CliError) || cause.code !== 'git_failed') throw cause;
    // What git advises stands at the end, on lines of its own: it is to be copied.
    throw new CliError('not_a_repository', `${repository.path} is not a git repository that can be read: ${cause.message}`, { cause });
  }
}

async function readOrigin(repository: GitRepository): Promise<string | null> {
  // `--default` makes git answer with exit code 0 where there is none.
  const [origin = ''] = await gitAnswer(repository, ['config', '--default', '', '--get', 'remote.origin.url']);
  return origin === '' ? null : origin;
}
