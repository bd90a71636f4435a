import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { isSystemError } from './errors.js';

const run = promisify(execFile);

/** What `ps` may print in all: some thousand processes with long command lines. */
const PS_OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

const onLinux = process.platform === 'linux';

/** A process of this machine that is alive, that is, no zombie. */
export interface RunningProcess {
  readonly pid: number;
  /** The whole command line, its words joined by spaces. */
  readonly command: string;
  /** Its working directory; null where this user may not see it, and on platforms other than Linux. */
  readonly cwd: string | null;
}

/**
 * All live processes that this user can see. Read from /proc on Linux, which every container has, and from `ps` elsewhere;
 * on Windows there is neither, and the list is empty.
 */
export async function listProcesses(): Promise<RunningProcess[]> {
  if (process.platform === 'win32') return [];
  if (!onLinux) return listFromPs();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(readFromProc));
  return found.filter((entry) => entry !== null);
}

/**
 * What tells this process from any other that ever had its pid: boot and start time.
 * Null when no live process has the pid (a zombie, which only waits to be reaped, is not alive).
 */
export async function processIdentity(pid: number): Promise<string | null> {
  if (!isSignalable(pid)) return null;
  if (onLinux) {
    const started = await startTicks(pid);
    return started === null ? null : `${await bootId()}:${started}`;
  }
  if (process.platform === 'win32') return 'alive';
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || null;
  } catch {
    // `ps` exits with 1 when there is no such process.
    return null;
  }
}

async function listFromPs(): Promise<RunningProcess[]> {
  const { stdout } = await run('ps', ['-axww', '-o', 'pid=,stat=,command='], { maxBuffer: PS_OUTPUT_BYTES_MAX });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, state, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || command === undefined || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), command, cwd: null }];
  });
}

async function readFromProc(pid: number): Promise<RunningProcess | null> {
  const words = await readIfThere(`/proc/${pid}/cmdline`);
  if (!words || (await startTicks(pid)) === null) return null;
  return { pid, command: words.split('\0').filter(Boolean).join(' '), cwd: await workingDirectory(pid) };
}

async function workingDirectory(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch (error) {
    if (isGone(error) || isSystemError(error, 'EACCES', 'EPERM')) return null;
    throw error;
  }
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since boot; null for a zombie or no process. */
async function startTicks(pid: number): Promise<string | null> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the name in parentheses and may hold anything; the third is the state.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, threads, started] = [fields[0], fields[17], fields[19]];
  // A process of several threads shows as a zombie when its first one has ended: as long as another lives, it holds its ports.
  const isDead = (state === 'Z' || state === 'X') && Number(threads) <= 1;
  return isDead ? null : (started ?? null);
}

async function bootId(): Promise<string> {
  return ((await readIfThere('/proc/sys/kernel/random/boot_id')) ?? '').trim();
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** A process can end between the listing and the look: ESRCH comes from files that were open already. */
function isGone(error: unknown): boolean {
  return isSystemError(error, 'ENOENT', 'ESRCH');
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but belongs to somebody else.
    return isSystemError(error, 'EPERM');
  }
}
