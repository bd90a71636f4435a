import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** Seconds of processor time, by what used them: `postgres`, `nats`, a name that was given to a process, or `node`. */
export type ProcessorTime = Readonly<Record<string, number>>;

/**
 * What the processes below this one have used so far, by what they are; of those that ended only what their parents waited for.
 * Linux alone; nothing elsewhere.
 */
export async function processorTime(names: ReadonlyMap<number, string> = new Map()): Promise<ProcessorTime> {
  const used: Record<string, number> = {};
  const processes = await listProcesses();
  const ours = new Set([process.pid]);
  // Parents have lower numbers than their children, but for a wrap that a benchmark does not live to see.
  for (const { pid, parent, command, seconds } of processes) {
    if (!ours.has(parent)) continue;
    ours.add(pid);
    const kind = names.get(pid) ?? kindOf(command);
    used[kind] = (used[kind] ?? 0) + seconds;
  }
  return used;
}

function kindOf(command: string): string {
  if (command.startsWith('postgres')) return 'postgres';
  return command.startsWith('nats-server') ? 'nats' : 'node';
}

export function difference(after: ProcessorTime, before: ProcessorTime): ProcessorTime {
  return Object.fromEntries(Object.entries(after).map(([kind, seconds]) => [kind, seconds - (before[kind] ?? 0)]));
}

interface Process {
  pid: number;
  parent: number;
  command: string;
  seconds: number;
}

async function listProcesses(): Promise<Process[]> {
  const names = await readdir('/proc').catch(() => []);
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return found.filter((one) => one !== null).sort((a, b) => a.pid - b.pid);
}

function nullIfGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
  throw error;
}

/** Null where it has ended in between. */
async function readProcess(pid: number): Promise<Process | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(nullIfGone);
  if (text === null) return null;
  const end = text.lastIndexOf(')');
  const fields = text.slice(end + 2).split(' ');
  // Fields 4 and 14 to 17 of proc_pid_stat(5), counted from behind the command.
  const ticks = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
  return { pid, parent: Number(fields[1]), command: text.slice(text.indexOf('(') + 1, end), seconds: ticks / TICKS_A_SECOND };
}
