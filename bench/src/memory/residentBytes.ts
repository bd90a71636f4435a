import { readFile } from 'node:fs/promises';

const KIB = 1024;

/** What a process holds in memory now, and the most that it ever held. Linux alone. */
export async function residentBytes(pid: number): Promise<{ now: number; most: number }> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return { now: kibOf(status, 'VmRSS') * KIB, most: kibOf(status, 'VmHWM') * KIB };
}

function kibOf(status: string, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (found === undefined) throw new Error(`there is no ${field} in the status of the process`);
  return Number(found);
}
