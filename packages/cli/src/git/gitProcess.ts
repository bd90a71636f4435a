import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Environment } from '../dataDirectory.js';
import { CliError } from '../errors.js';
import { isErrno } from '../isErrno.js';
import { readLines } from '../readLines.js';

/** The end of what git says on stderr is where the reason stands. */
const STDERR_CHARACTERS_MAX = 8 * 1024;
/** Of a line, so much is looked at: a hash, an address and the beginning of a subject fit many times. */
const LINE_BYTES_MAX = 64 * 1024;

/** Settings of the person or the repository that would change what is read, and so an event's identity. */
const FIXED_SETTINGS = [
  ['core.quotePath', 'true'],
  ['i18n.logOutputEncoding', 'UTF-8'],
  ['log.showSignature', 'false'],
  ['log.showRoot', 'true'],
  ['diff.algorithm', 'myers'],
  ['diff.renameLimit', '1000'],
  ['diff.ignoreSubmodules', 'none'],
] as const;

/** Set by git for its hooks: they would lead to another repository than the one that was named. */
const MISLEADING_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
];

/** A repository and the environment in which git is called for it. */
export interface GitRepository {
  path: string;
  environment: Environment;
}

/** How a call of git ended. */
interface GitEnd {
  exitCode: number;
  stderr: string;
}

/**
 * The lines that git writes, as bytes. What does not fit a line's bound is cut.
 * @throws CliError git_missing, git_failed
 */
export async function* gitLines(
  repository: GitRepository,
  args: readonly string[],
  input?: Iterable<string>,
): AsyncGenerator<Buffer, void, undefined> {
  const child = start(repository, args);
  const end = ended(child);
  // Kept until it is known how git ended: that says more, and a process that is left alone must not hang on its input.
  const fed = pipeline(Readable.from(input ?? []), child.stdin).then(
    () => null,
    (cause: unknown) => ({ cause }),
  );
  let complete = false;
  try {
    for await (const { bytes } of readLines(child.stdout, { lineBytesMax: LINE_BYTES_MAX })) yield bytes;
    complete = true;
  } finally {
    if (!complete) child.kill();
    await end;
    await fed;
  }
  const how = await end;
  if (how.exitCode !== 0) throw gitFailed(args, how);
  // Git was content, but did not get all that it was to read: what it answered is not all either.
  const unfed = input === undefined ? null : await fed;
  if (unfed !== null) throw new CliError('git_failed', `git ${args[0] ?? ''} did not get all of its input`, unfed);
}

/** All lines of a short answer, as text. */
export async function gitAnswer(repository: GitRepository, args: readonly string[], input?: Iterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of gitLines(repository, args, input)) lines.push(decodeText(line));
  return lines;
}

/** UTF-8, else Latin-1: every byte sequence has one reading, so that different authors stay different. */
export function decodeText(bytes: Buffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function start(repository: GitRepository, args: readonly string[]): ChildProcessByStdio<Writable, Readable, Readable> {
  const environment: Record<string, string | undefined> = {
    ...repository.environment,
    LC_ALL: 'C',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
  for (const variable of MISLEADING_VARIABLES) delete environment[variable];
  const settings = FIXED_SETTINGS.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn('git', ['-C', repository.path, '--no-pager', ...settings, ...args], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function ended(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<GitEnd> {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_CHARACTERS_MAX);
  });
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode: exitCode ?? NOT_STARTED, stderr };
  } catch (cause) {
    return {
      exitCode: isErrno(cause, 'ENOENT') ? GIT_MISSING : NOT_STARTED,
      stderr: cause instanceof Error ? cause.message : String(cause),
    };
  }
}

/** No exit codes that a process can have. */
const NOT_STARTED = -1;
const GIT_MISSING = -2;

function gitFailed(args: readonly string[], { exitCode, stderr }: GitEnd): CliError {
  if (exitCode === GIT_MISSING) return new CliError('git_missing', 'git is not installed, or not in the PATH: install it, then try again');
  const reason = stderr.trim().split('\n').slice(-5).join('\n') || `exit code ${exitCode}`;
  return new CliError('git_failed', `git ${args[0] ?? ''} failed: ${reason}`);
}
